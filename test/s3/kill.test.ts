import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { assertSame } from '../survive/program.ts';
import { MiB, solid } from '../trees.ts';
import { bucket, rclone, type S3Ground, s3Ground } from './ground.ts';
import { type Meddler, startProxy } from './proxy.ts';
import { strict } from './server.ts';

const skip = needs('versitygw', 'rclone', 'rsync');
const tree = `s3://${bucket}/tree/`;

type Here = AsyncDisposable & S3Ground & { readonly proxy: Meddler };

async function ground(serve = strict.versitygw): Promise<Here> {
  const here = await s3Ground({}, serve);
  const proxy = await startProxy(here.server.port);
  return {
    ...here,
    proxy,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await here[Symbol.asyncDispose]();
    },
  };
}

describe('kill -9', { skip }, () => {
  for (const [peer, again] of [
    ['versitygw', ['runs', 'resume']],
    ['versitygw', undefined],
    ['swift', ['runs', 'resume']],
  ] as const) {
    const how = again ? again.join(' ') : 'the same transfer';
    test(`in the middle of an upload to ${peer}: ${how} goes on with it, and sends no part twice`, {
      skip: needs(peer),
    }, async () => {
      await using here = await ground(strict[peer]);
      const env = { AWS_ENDPOINT_URL_S3: here.proxy.endpoint };
      solid(join(here.source, 'large'), 70 * MiB);
      const words = ['transfer', '--streams', '2', '--bwlimit', '40M', here.source, tree];
      const enough = Promise.withResolvers<void>();
      here.proxy.trick = () => {
        if (partsOf(here.proxy).length >= 4) enough.resolve();
        return undefined;
      };
      const running = here.start(words, { env });
      await Promise.race([enough.promise, running.ended]);
      running.child.kill('SIGKILL');
      assert.equal((await running.ended).signal, 'SIGKILL');
      const before = partsOf(here.proxy);
      await here.runTo(0, again ?? words, { env });
      const all = partsOf(here.proxy);
      assert.ok(before.length >= 4 && all.length > before.length);
      assert.deepEqual([...new Set(all)].length, all.length, 'each part once');
      assert.equal(all.length, 9);
      assert.equal(here.proxy.asked.filter(({ url }) => url.endsWith('?uploads=')).length, 1);
      rclone(here, 'check', '--download', here.source, `s:${bucket}/tree`);
    });
  }

  test('in the middle of reading: the same transfer ends with the same tree', async () => {
    await using here = await ground();
    solid(join(here.source, 'large'), 70 * MiB);
    for (let i = 0; i < 5; i++) solid(join(here.source, `f${i}`), i * MiB);
    await here.runTo(0, ['transfer', here.source, tree]);
    const back = join(here.path, 'back');
    const running = here.start(['transfer', '--bwlimit', '40M', tree, back]);
    await running.next('progress', ({ bytes }) => Number(bytes) > 10 * MiB);
    running.child.kill('SIGKILL');
    await running.ended;
    await here.runTo(0, ['runs', 'resume']);
    assertSame(here.source, back);
  });
});

/** The numbers of the parts that came to the service, whole. */
function partsOf({ asked }: Meddler): string[] {
  const whole = asked.filter(({ isWhole }) => isWhole);
  return whole.map(({ url }) => /partNumber=(\d+)/.exec(url)?.[1]).filter((part) => part !== undefined);
}
