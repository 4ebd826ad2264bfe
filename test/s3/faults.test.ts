import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { assertSame, failures } from '../survive/program.ts';
import { MiB, solid } from '../trees.ts';
import { bucket, rclone, type S3Ground, s3Ground } from './ground.ts';
import { type Asked, type Meddler, startProxy, type Trick } from './proxy.ts';

// What networks and services do to single requests. Another program judges what is there afterwards.

const skip = needs('versitygw', 'rclone', 'rsync');
const dest = `s3://${bucket}/tree`;

type Here = AsyncDisposable & S3Ground & { readonly proxy: Meddler; readonly back: string };

async function ground(): Promise<Here> {
  const here = await s3Ground();
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
const isPart = ({ method, url }: Asked) => method === 'PUT' && url.includes('partNumber=');
const isBegin = ({ method, url }: Asked) => method === 'POST' && url.endsWith('?uploads=');
const isComplete = ({ method, url }: Asked) => method === 'POST' && url.includes('uploadId=');
const isList = ({ method, url }: Asked) => method === 'GET' && url.includes('list-type=2');
const isGet = ({ method, url }: Asked) => method === 'GET' && /\/(d\/f\d+|large)$/.test(url);

const tricks: Readonly<Record<string, readonly [number, (asked: Asked) => boolean, Trick]>> = {
  'a 500 for an object': [7, isPut, { says: 500, code: 'InternalError' }],
  'a SlowDown with a pause': [3, isPut, { says: 503, code: 'SlowDown', wait: 1 }],
  'a connection that breaks': [5, isPut, 'breaks'],
  'an object whose answer is lost': [9, isPut, 'loses the answer'],
  'an object with a flipped bit': [11, isPut, 'flips what is sent'],
  'a part with a flipped bit': [2, isPart, 'flips what is sent'],
  'a part whose answer is lost': [1, isPart, 'loses the answer'],
  'an upload that cannot begin': [1, isBegin, { says: 503, code: 'SlowDown' }],
  'a Complete whose answer is lost': [1, isComplete, 'loses the answer'],
  'an error inside the 200 of a Complete': [1, isComplete, { admits: 'InternalError' }],
};

describe('an object store that does', { skip, concurrency: 2 }, () => {
  for (const [what, [number, is, trick]] of Object.entries(tricks)) {
    test(`${what}: all is there`, async () => {
      await using here = await ground();
      const play = nth(number, is, trick);
      here.proxy.trick = play;
      const { stderr } = await here.runTo(0, ['transfer', here.source, dest]);
      assert.ok(play.played(), stderr);
      rclone(here, 'check', '--download', here.source, `s:${bucket}/tree`);
      assert.equal(
        rclone(here, 'backend', 'list-multipart-uploads', `s:${bucket}`).includes('UploadId'),
        false,
      );
      await here.runTo(0, ['verify', here.source, dest]);
    });
  }

  const comes: Readonly<Record<string, readonly [number, (asked: Asked) => boolean, Trick]>> = {
    'a listing that breaks off': [2, isList, 'cuts what comes'],
    'an object that is cut off': [4, isGet, 'cuts what comes'],
    'an object with a flipped bit on its way here': [6, isGet, 'flips what comes'],
  };
  for (const [what, [number, is, trick]] of Object.entries(comes)) {
    test(`${what}: all arrives`, async () => {
      await using here = await ground();
      await here.runTo(0, ['transfer', here.source, dest]);
      const play = nth(number, is, trick);
      here.proxy.trick = play;
      await here.runTo(0, ['transfer', dest, here.back]);
      assert.ok(play.played());
      assertSame(here.source, here.back);
    });
  }

  test('say SlowDown often, gets fewer requests and all of them in the end', async () => {
    await using here = await ground();
    let count = 0;
    here.proxy.trick = (asked) =>
      isPut(asked) && ++count % 3 === 0 ? { says: 503, code: 'SlowDown' } : undefined;
    await here.runTo(0, ['transfer', '--retries', '12', here.source, dest]);
    rclone(here, 'check', '--download', here.source, `s:${bucket}/tree`);
  });

  test('refuse an object: that one is named, the others arrive', async () => {
    await using here = await ground();
    here.proxy.trick = ({ method, url }) =>
      method === 'PUT' && url.endsWith('/d/f7') ? { says: 403, code: 'AccessDenied' } : undefined;
    const ended = await here.runTo(3, ['transfer', here.source, dest]);
    assert.deepEqual([...failures(ended).keys()], ['d/f7']);
    assert.match(
      failures(ended).get('d/f7')!,
      /^denied: cannot write s3:\/\/bucket\/tree\/d\/f7: .*\(AccessDenied\)/,
    );
    assert.equal(fs.readdirSync(join(here.server.path, bucket, 'tree/d')).length, 59);
  });

  test('hold what a rival wrote meanwhile: his object stays, and is reported', async () => {
    await using here = await ground();
    const target = join(here.server.path, bucket, 'tree/d/f9');
    here.proxy.trick = ({ method, url }) => {
      if (method !== 'PUT' || !url.endsWith('/d/f9') || fs.existsSync(target)) return undefined;
      fs.writeFileSync(join(here.path, 'rival'), "a rival's");
      rclone(here, 'copyto', '--s3-no-check-bucket', join(here.path, 'rival'), `s:${bucket}/tree/d/f9`);
      return undefined;
    };
    const ended = await here.runTo(3, ['transfer', here.source, dest]);
    assert.match(failures(ended).get('d/f9')!, /^conflict: /);
    assert.equal(fs.readFileSync(target, 'utf8'), "a rival's");
  });
});
