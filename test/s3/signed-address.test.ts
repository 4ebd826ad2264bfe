import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { MiB, solid } from '../trees.ts';
import { bucket, type S3Ground, s3Ground } from './ground.ts';
import { presigned } from './presign.ts';
import { startProxy } from './proxy.ts';

// An address that was signed for PUT answers 403 to everything else.

const skip = needs('versitygw');

test('a file goes to an address that is signed for PUT, over what is there, and that is said', {
  skip,
}, async () => {
  await using here = await s3Ground();
  const [file, there] = [join(here.source, 'f'), join(here.server.path, bucket, 'd/f')];
  const address = presigned(here, 'PUT', 'd/f');
  for (const mib of [0, 1, 20]) {
    solid(file, mib * MiB);
    const { said, summary } = await here.runTo(0, ['transfer', file, address]);
    assert.ok(fs.readFileSync(there).equals(fs.readFileSync(file)));
    assert.equal(summary!.tally.copiedBytes, mib * MiB);
    const warnings = said.filter(({ type }) => type === 'warning');
    assert.match(String(warnings[0]?.message), /cannot be compared/);
  }
  const { summary } = await here.runTo(0, ['transfer', file, address]);
  assert.equal(summary!.tally.copied, 1);
});

test('what such an address does not allow is said, and not that a password is missing', {
  skip,
}, async () => {
  await using here = await s3Ground();
  const { stderr, said } = await sent(here, presigned(here, 'GET', 'f'));
  const failed = said.find(({ type }) => type === 'failed') as { readonly failure?: unknown } | undefined;
  assert.match(JSON.stringify(failed ?? stderr), /403.*signature/);
  assert.ok(!fs.existsSync(join(here.server.path, bucket, 'f')));
});

test('no other proof goes beside a signature', { skip }, async () => {
  await using here = await s3Ground();
  await using proxy = await startProxy(here.server.port);
  const port = Number(new URL(proxy.endpoint).port);
  const there = { ...here, server: { ...here.server, port } };
  const [file, got, netrc] = ['f', 'got', 'netrc'].map((name) => join(here.path, name));
  fs.writeFileSync(file!, 'f');
  fs.writeFileSync(netrc!, 'machine 127.0.0.1 login me password hunter2', { mode: 0o600 });
  const env = { DIFPIPE_DEST_TOKEN: 'hunter3', NETRC: netrc };
  await here.runTo(0, ['transfer', file!, presigned(there, 'PUT', 'f')], { env });
  await here.runTo(0, ['transfer', presigned(there, 'GET', 'f'), got!], { env });
  assert.equal(fs.readFileSync(got!, 'utf8'), 'f');
  assert.ok(proxy.asked.length > 1);
  for (const { headers } of proxy.asked) assert.equal(headers.authorization, undefined);
});

test('to an address that is signed as Azure does it goes what kind of blob it is to be', {
  skip,
}, async () => {
  await using here = await s3Ground();
  await using proxy = await startProxy(here.server.port);
  await sent(here, `${proxy.endpoint}/${bucket}/f?sv=2025-01-05&sr=b&sp=cw&sig=secret`);
  const [put] = proxy.asked.filter(({ method }) => method === 'PUT');
  assert.equal(put!.headers['x-ms-blob-type'], 'BlockBlob');
});

test('who compares with an address that is signed for PUT hears that it is for that alone', {
  skip,
}, async () => {
  await using here = await s3Ground();
  const { stderr, said } = await sent(here, presigned(here, 'PUT', 'f'), '--verify');
  const told = stderr + JSON.stringify(said);
  assert.match(told, /signature may have expired, or be for something else/);
  assert.doesNotMatch(told, /netrc/);
});

test('an address that is signed for more headers than the host says which', { skip }, async () => {
  await using here = await s3Ground();
  const address = presigned(here, 'PUT', 'f', { 'content-type': 'text/plain' });
  const { stderr, said } = await sent(here, address);
  assert.match(stderr + JSON.stringify(said), /signature is for the headers content-type, too/);
});

test('an address that is signed for GET is read and compared as ever', { skip }, async () => {
  await using here = await s3Ground();
  const file = join(here.source, 'f');
  fs.writeFileSync(file, 'f');
  await here.runTo(0, ['transfer', file, `s3://${bucket}/f`]);
  const address = presigned(here, 'GET', 'f');
  await here.runTo(0, ['transfer', address, join(here.path, 'got')]);
  assert.equal(fs.readFileSync(join(here.path, 'got'), 'utf8'), 'f');
  await here.runTo(0, ['verify', '--no-preserve', 'mode,owner,times', file, address]);
});

/** A file of one letter, to an address. */
function sent(here: S3Ground, address: string, ...flags: string[]) {
  const file = join(here.source, 'f');
  fs.writeFileSync(file, 'f');
  return here.run(['transfer', ...flags, file, address]);
}
