import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { shell } from '../engine/run.ts';
import { needs } from '../peer.ts';
import { assertSame } from '../survive/program.ts';
import { MiB, solid } from '../trees.ts';
import { bucket, s3Ground } from './ground.ts';
import { type Asked, startProxy } from './proxy.ts';
import { startRcloneS3 } from './server.ts';

// A service of another make: no conditions, no directories of their own, parts of objects with 200.

const tree = `s3://${bucket}/tree`;

test('rclone as the server: a tree goes there, across and back, less what it cannot keep', {
  skip: needs('current-rclone', 'rsync'),
}, async () => {
  await using here = await s3Ground({}, startRcloneS3);
  await shell(
    here.source,
    'mkdir -p a/b empty; ln -s a link; chmod 600 a; for i in $(seq 40); do echo $i >a/b/$i; done',
  );
  solid(join(here.source, 'large'), 20 * MiB);
  const first = await here.runTo(0, ['transfer', here.source, tree]);
  assert.deepEqual(Object.keys(first.summary!.notices).sort(), ['mode', 'owner', 'times']);
  const again = await here.runTo(0, ['transfer', here.source, tree]);
  assert.deepEqual([again.summary!.tally.copied, again.summary!.tally.failed], [0, 0]);
  fs.appendFileSync(join(here.source, 'a/b/7'), 'more');
  const changed = await here.runTo(0, ['transfer', here.source, tree]);
  assert.equal(changed.summary!.tally.copied, 1);
  await here.runTo(0, ['transfer', tree, `${tree} 2`]);
  await here.runTo(0, ['verify', '--checksum', '--no-preserve', 'mode,owner,times', tree, `${tree} 2`]);
  const back = join(here.path, 'back');
  await here.runTo(0, ['transfer', `${tree} 2`, back]);
  fs.rmdirSync(join(here.source, 'empty'));
  const words = [
    '-nai',
    '--checksum',
    '--delete',
    '--omit-dir-times',
    '--no-p',
    `${here.source}/`,
    `${back}/`,
  ];
  assert.equal(execFileSync('rsync', words, { encoding: 'utf8' }), '');
});

// Backblaze B2 knows of no checksums but MD5, and refuses what speaks of them.

const sumOf = ({ headers }: Pick<Asked, 'headers'>) =>
  Object.keys(headers).find((name) => name.startsWith('x-amz-checksum-'));

test('a service that refuses checksums: a tree goes there and back, each file with an MD5', {
  skip: needs('versitygw', 'rsync'),
}, async () => {
  await using here = await s3Ground();
  await using proxy = await startProxy(here.server.port);
  proxy.trick = (asked) => {
    const sum = sumOf(asked);
    const message = `Unsupported header '${sum}' received for this API call.`;
    return sum === undefined ? undefined : { says: 400, code: 'InvalidArgument', message };
  };
  const through = { env: { AWS_ENDPOINT_URL_S3: proxy.endpoint } };
  await shell(here.source, 'mkdir a; : >empty; for i in $(seq 40); do echo $i >a/$i; done; ln -s a link');
  solid(join(here.source, 'large'), 20 * MiB);
  await here.runTo(0, ['transfer', here.source, tree], through);
  const isFile = ({ method, bytes }: Asked) => method === 'PUT' && bytes > 0;
  const taken = proxy.asked.filter((one) => isFile(one) && sumOf(one) === undefined);
  assert.equal(taken.length, 43);
  for (const { headers, url } of taken) assert.ok(headers['content-md5'], url);
  const again = await here.runTo(0, ['transfer', '--checksum', here.source, tree], through);
  assert.equal(again.summary!.tally.copied, 0);
  const back = join(here.path, 'back');
  await here.runTo(0, ['transfer', '--verify', tree, back], through);
  await here.runTo(0, ['transfer', tree, `${tree} 2`], through);
  await here.runTo(0, ['verify', '--checksum', here.source, `${tree} 2`], through);
  assertSame(here.source, back);
});

test('a bucket that locks what is put there takes a tree, whose empty objects go with a sum, too', {
  skip: needs('versitygw', 'rsync'),
}, async () => {
  await using here = await s3Ground();
  await using proxy = await startProxy(here.server.port);
  proxy.trick = (asked) => {
    const { method, headers } = asked;
    const isBare = headers['content-md5'] === undefined && sumOf(asked) === undefined;
    if (method !== 'PUT' || headers['x-amz-copy-source'] || !isBare) return 'claims to encrypt';
    const wanted = 'Content-MD5 OR x-amz-checksum- HTTP header is required';
    const message = `${wanted} for Put Object requests with Object Lock parameters`;
    return { says: 400, code: 'InvalidRequest', message };
  };
  const through = { env: { AWS_ENDPOINT_URL_S3: proxy.endpoint } };
  await shell(here.source, 'mkdir -p a/b; echo f >a/f; : >empty; ln -s a link');
  await here.runTo(0, ['transfer', '--s3-sse', 'AES256', here.source, tree], through);
  const [file] = proxy.asked.filter(({ url, method }) => method === 'PUT' && url.endsWith('/a/f'));
  assert.equal(file!.headers['if-none-match'], '*');
  await shell(here.source, 'chmod 700 a');
  await here.runTo(0, ['transfer', here.source, tree], through);
  const back = join(here.path, 'back');
  await here.runTo(0, ['transfer', tree, back], through);
  assertSame(here.source, back);
});
