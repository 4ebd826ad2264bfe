import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { failures } from '../survive/program.ts';
import { bucket, s3Ground } from './ground.ts';
import { type Asked, startProxy, type Trick } from './proxy.ts';

// A service that fails with some of its objects, however often it is asked.

const skip = needs('versitygw', 'rsync');
const from = `s3://${bucket}/tree`;
const fails: Trick = { says: 500, code: 'InternalError' };

const ways: readonly (readonly [what: string, to: string, asked: (asked: Asked) => Trick | undefined])[] = [
  ['that is read', 'back', ({ method }) => (method === 'GET' ? fails : undefined)],
  ['that is looked at', 'back', () => fails],
  ['that never comes whole', 'back', ({ method }) => (method === 'GET' ? 'shortens what comes' : undefined)],
  [
    'that comes with another bit',
    'back',
    ({ method }) => (method === 'GET' ? 'flips what comes' : undefined),
  ],
  [
    'that it is to copy',
    `s3://${bucket}/copy`,
    ({ headers }) => (headers['x-amz-copy-source'] ? fails : undefined),
  ],
  [
    'of which it says so when the copy has begun',
    `s3://${bucket}/copy`,
    ({ headers }) => (headers['x-amz-copy-source'] ? { admits: 'InternalError' } : undefined),
  ],
];

async function ground(names: readonly string[]) {
  const here = await s3Ground();
  const proxy = await startProxy(here.server.port);
  for (const name of names) fs.writeFileSync(join(here.source, name), name === 'empty' ? '' : 'content');
  await here.runTo(0, ['transfer', here.source, from]);
  const run = (status: number, to: string) =>
    here.runTo(status, ['transfer', '--retries', '0', from, to === 'back' ? join(here.path, to) : to], {
      env: { AWS_ENDPOINT_URL_S3: proxy.endpoint },
    });
  return {
    proxy,
    run,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await here[Symbol.asyncDispose]();
    },
  };
}

describe('all others come where a service fails for good with one', { skip }, () => {
  for (const [what, to, trick] of ways)
    test(what, async () => {
      const broken = what === 'that is looked at' ? 'empty' : 'broken';
      await using here = await ground(['a', 'broken', 'empty', 'z']);
      const isOne = ({ url, headers }: Asked) =>
        `${headers['x-amz-copy-source'] ?? url}`.split('?')[0]!.endsWith(`/${broken}`);
      here.proxy.trick = (asked) => (isOne(asked) ? trick(asked) : undefined);
      const ended = await here.run(3, to);
      assert.deepEqual([...failures(ended).keys()], [broken]);
      assert.equal(ended.summary!.tally.copied, 3);
    });

  test('however many there are, where others are copied between them', async () => {
    await using here = await ground(Array.from({ length: 200 }, (_, at) => `f${at}`));
    let copies = 0;
    here.proxy.trick = ({ headers }) =>
      headers['x-amz-copy-source'] && ++copies % 10 === 0 ? fails : undefined;
    const ended = await here.run(3, `s3://${bucket}/copy`);
    assert.deepEqual([failures(ended).size, ended.summary!.tally.copied], [20, 180]);
  });

  test('but the run ends where it fails with all of many', async () => {
    await using here = await ground(Array.from({ length: 200 }, (_, at) => `f${at}`));
    here.proxy.trick = ({ method, url }) => (method === 'GET' && !url.includes('?') ? fails : undefined);
    const ended = await here.run(1, 'back');
    assert.ok(failures(ended).size < 100, `${failures(ended).size} were tried`);
  });
});
