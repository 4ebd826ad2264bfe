import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { secondsOf } from '../../src/store/s3/metadata.ts';
import { settle } from '../../src/store/s3/service/chain.ts';
import { createService } from '../../src/store/s3/service/service.ts';
import { needs } from '../peer.ts';
import { signal } from '../store/bodies.ts';
import { bucket, rclone, type S3Ground, s3Ground } from './ground.ts';
import { type Meddler, startProxy } from './proxy.ts';

const skip = needs('versitygw', 'rclone');
const tree = `s3://${bucket}/tree/`;
const files = 300;

type Here = AsyncDisposable & S3Ground & { readonly proxy: Meddler; readonly env: NodeJS.ProcessEnv };

async function ground(many = files): Promise<Here> {
  const here = await s3Ground();
  const proxy = await startProxy(here.server.port);
  for (const dir of ['a', 'b', 'c/d']) {
    fs.mkdirSync(join(here.source, dir), { recursive: true });
    for (let i = 0; i < many / 3; i++) fs.writeFileSync(join(here.source, dir, `f${i}`), `${i} in ${dir}`);
  }
  return {
    ...here,
    proxy,
    env: { AWS_ENDPOINT_URL_S3: proxy.endpoint },
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await here[Symbol.asyncDispose]();
    },
  };
}

/** The same bytes at the same time, but for its mode. */
async function putWithMode(here: Here, name: string, mode: string): Promise<void> {
  using service = createService(bucket, await settle(here.server.access));
  const path = join(here.source, name);
  const mtime = secondsOf(fs.statSync(path, { bigint: true }).mtimeNs);
  const headers = { 'x-amz-meta-mtime': mtime, 'x-amz-meta-mode': mode };
  await service.ask({ method: 'PUT', key: `tree/${name}`, headers, body: fs.readFileSync(path) }, signal);
}

describe('a second run over S3', { skip }, () => {
  for (const [what, endsOf] of Object.entries({
    'to a bucket': (here: Here) => [here.source, tree],
    'from a bucket': (here: Here) => [tree, join(here.path, 'back')],
    'from bucket to bucket': () => [tree, `s3://${bucket}/other/`],
  })) {
    test(`${what} asks for listings, not for each object`, async () => {
      await using here = await ground();
      if (what !== 'to a bucket') await here.runTo(0, ['transfer', here.source, tree]);
      const ends = endsOf(here);
      await here.runTo(0, ['transfer', ...ends], here);
      const { summary, requests } = await again(here, ends);
      assert.deepEqual([summary.skipped, summary.copied, summary.repaired], [files, 0, 0]);
      assert.ok(requests < files / 10, `${requests} requests`);
    });
  }

  test('of many names of one directory, which lanes give each other, asks for none of them', async () => {
    const few = 60;
    await using here = await ground(few);
    const many = 1700;
    for (let i = 0; i < many; i++) fs.writeFileSync(join(here.source, 'a', `of many ${i}`), 'x');
    const ends = [tree, `s3://${bucket}/other/`];
    await here.runTo(0, ['transfer', here.source, tree]);
    const headsOf = async (words: readonly string[]) => {
      const before = here.proxy.asked.length;
      const { summary } = await here.runTo(0, ['transfer', ...words, ...ends], here);
      const heads = here.proxy.asked.slice(before).filter(({ method }) => method === 'HEAD');
      return { tally: summary!.tally, heads: heads.length };
    };
    const dry = await headsOf(['--dry-run']);
    assert.equal(dry.tally.copied, many + few);
    await headsOf([]);
    const second = await headsOf([]);
    assert.deepEqual([second.tally.skipped, second.tally.copied], [many + few, 0]);
    assert.ok(dry.heads < 100 && second.heads < 100, `${dry.heads} and ${second.heads} of ${many + few}`);
  });

  test('sees what somebody else changed', async () => {
    await using here = await ground();
    await here.runTo(0, ['transfer', here.source, tree], here);
    fs.writeFileSync(join(here.path, 'x'), 'f7 in a!'.slice(0, 6));
    await again(here, [here.source, tree]);
    rclone(here, 'copyto', '--s3-no-check-bucket', join(here.path, 'x'), `s:${bucket}/tree/a/f7`);
    await wait(1000); // a bucket tells when in whole seconds
    await putWithMode(here, 'a/f8', '100600');
    const { summary, requests } = await again(here, [here.source, tree]);
    assert.deepEqual([summary.skipped, summary.copied, summary.repaired], [files - 2, 1, 1]);
    assert.ok(requests < files / 10, `${requests} requests`);
    rclone(here, 'check', '--download', here.source, `s:${bucket}/tree`);
  });

  test('that keeps more than the first looks at each object', async () => {
    await using here = await ground();
    fs.chmodSync(join(here.source, 'a/f3'), 0o4755);
    await here.runTo(0, ['transfer', '--no-preserve', 'mode', here.source, tree], here);
    const { summary } = await again(here, [here.source, tree]);
    assert.equal(summary.repaired, 1);
  });
});

test('a new directory goes to a bucket in one request, and is right after it', { skip }, async () => {
  await using here = await ground();
  fs.chmodSync(join(here.source, 'c/d'), 0o700);
  fs.utimesSync(join(here.source, 'c/d'), 1_600_000_000, 1_600_000_000);
  await here.runTo(0, ['transfer', here.source, tree], here);
  const puts = here.proxy.asked.filter(({ method, url }) => method === 'PUT' && url.endsWith('/c/d/'));
  assert.equal(puts.length, 1);
  await here.runTo(0, ['transfer', tree, join(here.path, 'back')], here);
  const { mode, mtimeMs } = fs.statSync(join(here.path, 'back/c/d'));
  assert.deepEqual([mode & 0o777, mtimeMs], [0o700, 1_600_000_000_000]);
});

async function again(here: Here, ends: readonly string[]) {
  const before = here.proxy.asked.length;
  const { summary } = await here.runTo(0, ['transfer', ...ends], here);
  return { summary: summary!.tally, requests: here.proxy.asked.length - before };
}

test('a new place is begun, filled and ended in few questions one after the other', { skip }, async () => {
  await using here = await ground();
  await here.runTo(0, ['transfer', here.source, tree], here);
  const ofPlace = here.proxy.asked.filter(({ url }) => /\/(bucket|tree\/)(\?.*)?$/.test(url));
  const asked = ofPlace.map(({ method, url }) => `${method} ${url.includes('?') ? 'list' : ''}`.trim());
  const atOnce = asked.splice(0, 2); // whichever comes first
  assert.deepEqual(atOnce.sort(), ['GET list', 'HEAD']);
  assert.deepEqual(asked, ['PUT', 'GET list', 'PUT']);
});

test('both ends are looked at in few turns', { skip }, async () => {
  await using here = await ground(60);
  const ends = [tree, `s3://${bucket}/other/`];
  await here.runTo(0, ['transfer', here.source, tree]);
  await here.runTo(0, ['transfer', ...ends]);
  here.proxy.waitMs = 300;
  const { asked, atOnce } = here.proxy;
  await again(here, ends);
  assert.equal(asked.slice(0, 4).filter(({ url }) => url.includes('manifest')).length, 2);
  assert.equal(atOnce[3], 4, 'the place in two ways, its manifest and that of what is above it');
  for (const end of ['tree', 'other']) {
    const markers = asked.filter(({ method, url }) => method === 'HEAD' && url.endsWith(`/${end}/`));
    assert.equal(markers.length, 1, end);
    const lists = asked.filter(({ url }) => url.includes('delimiter=') && url.endsWith(`prefix=${end}%2F`));
    assert.equal(lists.length, 1, end);
  }
  const before = asked.length;
  await here.runTo(0, ['verify', ...ends], here);
  const most = Math.max(...atOnce.slice(before));
  assert.ok(most > 3 * 8, `${most} at once of the three directories, eight entries of each`);
});
