import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { MiB, solid } from '../trees.ts';
import { bucket, s3Ground } from './ground.ts';
import { presigned } from './presign.ts';

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
  const file = join(here.source, 'f');
  fs.writeFileSync(file, 'f');
  const { stderr, said } = await here.run(['transfer', file, presigned(here, 'GET', 'f')]);
  const failed = said.find(({ type }) => type === 'failed') as { readonly failure?: unknown } | undefined;
  assert.match(JSON.stringify(failed ?? stderr), /403.*signature/);
  assert.ok(!fs.existsSync(join(here.server.path, bucket, 'f')));
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
