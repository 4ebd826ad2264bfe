import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { assertSame, failures } from '../survive/program.ts';
import { MiB, solid } from '../trees.ts';
import { bucket, rclone, type S3Ground, s3Ground } from './ground.ts';
import { type Asked, isBegin, isPart, type Meddler, startProxy, type Trick } from './proxy.ts';
import { strict } from './server.ts';

// What networks and services do to single requests. Another program judges what is there afterwards.

const skip = needs('rclone', 'rsync');
const dest = `s3://${bucket}/tree`;

type Here = AsyncDisposable & S3Ground & { readonly proxy: Meddler; readonly back: string };

async function ground(serve = strict.versitygw): Promise<Here> {
  const here = await s3Ground({}, serve);
  const proxy = await startProxy(here.server.port);
  const through = { env: { AWS_ENDPOINT_URL_S3: proxy.endpoint } };
  fs.mkdirSync(join(here.source, 'd'));
  for (let i = 0; i < 60; i++) fs.writeFileSync(join(here.source, 'd', `f${i}`), `${i} `.repeat(i * 40));
  solid(join(here.source, 'large'), 17 * MiB);
  return {
    ...here,
    proxy,
    back: join(here.path, 'back'),
    start: (words) => here.start(words, through),
    run: (words) => here.run(words, through),
    runTo: (status, words) => here.runTo(status, words, through),
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await here[Symbol.asyncDispose]();
    },
  };
}

/** The nth request of a kind. */
function nth(number: number, is: (asked: Asked) => boolean, trick: Trick) {
  let seen = 0;
  const play = (asked: Asked) => (is(asked) && ++seen === number ? trick : undefined);
  return Object.assign(play, { played: () => seen >= number });
}

const isPut = ({ method, url }: Asked) => method === 'PUT' && /\/d\/f\d+$/.test(url);
const isComplete = ({ method, url }: Asked) => method === 'POST' && url.includes('uploadId=');
const isList = ({ method, url }: Asked) => method === 'GET' && url.includes('list-type=2');
const isGet = ({ method, url }: Asked) => method === 'GET' && /\/d\/f\d+$/.test(url);

type Played = readonly [number, (asked: Asked) => boolean, Trick];

const days: Readonly<Record<string, readonly Played[]>> = {
  'fails at objects, and resets in the middle of what is sent': [
    [3, isPut, { resetsAt: Math.random() }],
    [7, isPut, { says: 500, code: 'InternalError' }],
    [13, isPut, { says: 503, code: 'SlowDown', wait: 1 }],
    [19, isPut, 'breaks'],
    [22, isPut, { resetsAt: Math.random() }],
    [26, isPut, 'loses the answer'],
    [32, isPut, 'flips what is sent'],
    [36, isPut, { resetsAt: 1 }],
    [1, isPart, { resetsAt: Math.random() }],
    [2, isPart, { resetsAt: 0 }],
    [4, isPart, { resetsAt: Math.random() }],
    [1, isComplete, { admits: 'InternalError' }],
  ],
  'fails at parts, and loses the answer to Complete': [
    [1, isBegin, { says: 503, code: 'SlowDown' }],
    [1, isPart, 'loses the answer'],
    [2, isPart, 'flips what is sent'],
    [1, isComplete, 'loses the answer'],
  ],
};

for (const [peer, serve] of Object.entries(strict))
  describe(`${peer}, where it`, { skip: skip || needs(peer), concurrency: 2 }, () => {
    for (const [what, tricks] of Object.entries(days)) {
      test(`${what}: all is there`, async () => {
        await using here = await ground(serve);
        const plays = tricks.map((trick) => nth(...trick));
        here.proxy.trick = (asked) => plays.map((play) => play(asked)).find((trick) => trick !== undefined);
        const { stderr } = await here.runTo(0, ['transfer', here.source, dest]);
        for (const play of plays) assert.ok(play.played(), stderr);
        rclone(here, 'check', '--download', here.source, `s:${bucket}/tree`);
        const left = rclone(here, 'backend', 'list-multipart-uploads', `s:${bucket}`);
        assert.equal(left.includes('UploadId'), false);
        await here.runTo(0, ['verify', here.source, dest]);
      });
    }

    test('cuts and flips what comes: all arrives', async () => {
      await using here = await ground(serve);
      await here.runTo(0, ['transfer', here.source, dest]);
      const plays = [
        nth(2, isList, 'cuts what comes'),
        nth(4, isGet, 'cuts what comes'),
        nth(9, isGet, 'flips what comes'),
      ];
      here.proxy.trick = (asked) => plays.map((play) => play(asked)).find((trick) => trick !== undefined);
      await here.runTo(0, ['transfer', dest, here.back]);
      for (const play of plays) assert.ok(play.played());
      assertSame(here.source, here.back);
    });

    test('holds what a rival wrote meanwhile: his object stays, and is reported', async () => {
      await using here = await ground(serve);
      let isThere = false;
      here.proxy.trick = ({ method, url }) => {
        if (method !== 'PUT' || !url.endsWith('/d/f9') || isThere) return undefined;
        isThere = true;
        fs.writeFileSync(join(here.path, 'rival'), "a rival's");
        rclone(here, 'copyto', '--s3-no-check-bucket', join(here.path, 'rival'), `s:${bucket}/tree/d/f9`);
        return undefined;
      };
      const ended = await here.runTo(3, ['transfer', here.source, dest]);
      assert.match(failures(ended).get('d/f9')!, /^conflict: /);
      assert.equal(rclone(here, 'cat', `s:${bucket}/tree/d/f9`), "a rival's");
    });
  });

describe('an object store that', { skip: skip || needs('versitygw'), concurrency: 2 }, () => {
  test('says SlowDown often gets fewer requests and all of them in the end', async () => {
    await using here = await ground();
    let count = 0;
    here.proxy.trick = (asked) =>
      isPut(asked) && ++count % 3 === 0 ? { says: 503, code: 'SlowDown' } : undefined;
    await here.runTo(0, ['transfer', '--retries', '12', here.source, dest]);
    rclone(here, 'check', '--download', here.source, `s:${bucket}/tree`);
  });

  test('is asked less when it says SlowDown, which is said, and more and more when it does not', async () => {
    await using here = await ground();
    fs.mkdirSync(join(here.source, 'many'));
    for (let i = 0; i < 900; i++) fs.writeFileSync(join(here.source, 'many', `${i}`), '');
    let count = 0;
    here.proxy.trick = ({ method, url }) => {
      const isStormy = method === 'PUT' && url.includes('/many/') && ++count > 200 && count <= 210;
      return isStormy ? { says: 503, code: 'SlowDown' } : undefined;
    };
    here.proxy.waitMs = 25;
    const { said } = await here.runTo(0, ['transfer', here.source, dest]);
    assert.match(JSON.stringify(said), /says that it is too much: it gets fewer requests at once/);
    const most = (from: number, to: number) => Math.max(...here.proxy.atOnce.slice(from, to));
    const [usual, fewer, again] = [most(0, 200), most(350, 450), most(800, 960)];
    assert.ok(fewer < usual * 0.75 && again > fewer, `${usual}, ${fewer}, ${again} at once`);
  });

  test('refuses an object: that one is named, the others arrive', async () => {
    await using here = await ground();
    here.proxy.trick = ({ method, url }) =>
      method === 'PUT' && url.endsWith('/d/f7') ? { says: 403, code: 'AccessDenied' } : undefined;
    const ended = await here.runTo(3, ['transfer', here.source, dest]);
    assert.deepEqual([...failures(ended).keys()], ['d/f7']);
    assert.match(
      failures(ended).get('d/f7')!,
      /^denied: cannot write s3:\/\/bucket\/tree\/d\/f7: .*\(AccessDenied\)/,
    );
    assert.equal(rclone(here, 'lsf', `s:${bucket}/tree/d`).trim().split('\n').length, 59);
  });

  test('does not show an empty object, which may be a symlink: that one is named, the others arrive', async () => {
    await using here = await ground();
    fs.writeFileSync(join(here.source, 'd', 'empty'), '');
    await here.runTo(0, ['transfer', here.source, dest]);
    here.proxy.trick = ({ method, url }) =>
      method !== 'PUT' && url.endsWith('/d/empty') ? { says: 403, code: 'AccessDenied' } : undefined;
    const ended = await here.runTo(3, ['transfer', dest, here.back]);
    assert.deepEqual(
      [...failures(ended)],
      [['d/empty', 'denied: cannot look at s3://bucket/tree/d/empty: so it is (AccessDenied)']],
    );
    assert.equal(fs.readdirSync(join(here.back, 'd')).length, 60);
  });

  test('is asked once more for what a list does not tell, and ls --long ends where it is away', async () => {
    await using here = await ground();
    await here.runTo(0, ['transfer', here.source, dest]);
    const isHead = ({ method, url }: Asked) => method === 'HEAD' && /\/d\/f[1-9]/.test(url); // f0 is empty
    const lost = nth(7, isHead, { says: 500, code: 'InternalError' });
    here.proxy.trick = lost;
    const { said } = await here.runTo(0, ['ls', '-l', `${dest}/d`]);
    assert.ok(lost.played());
    assert.deepEqual([said.length, said.filter(({ mode }) => mode === null)], [60, []]);
    here.proxy.trick = (asked) => (isHead(asked) ? 'breaks' : undefined);
    const away = await here.runTo(1, ['ls', '-l', `${dest}/d`]);
    assert.deepEqual([...failures(away)], []);
  });
});
