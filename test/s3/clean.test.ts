import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { settle } from '../../src/store/s3/service/chain.ts';
import { createService } from '../../src/store/s3/service/service.ts';
import { elements } from '../../src/store/s3/service/xml.ts';
import { errorOf } from '../far/ground.ts';
import { needs } from '../peer.ts';
import { exampleOf, membersOf } from '../report/documented.ts';
import { signal } from '../store/bodies.ts';
import { MiB, solid } from '../trees.ts';
import { bucket, type S3Ground, s3Ground } from './ground.ts';
import { type Asked, isBegin, startProxy } from './proxy.ts';
import { strict } from './server.ts';

// Uploads that a killed run leaves, beside one of another program, which nobody may touch.

const skip = needs('versitygw');
const tree = `s3://${bucket}/tree`;

/** How many uploads the service has. */
async function uploads({ server }: S3Ground): Promise<number> {
  using service = createService(bucket, await settle(server.access));
  const { body } = await service.ask({ method: 'GET', key: '', query: { uploads: '' } }, signal);
  return [...elements(body.toString(), 'Upload')].length;
}

async function begunByOthers({ server }: S3Ground): Promise<void> {
  using service = createService(bucket, await settle(server.access));
  for (const key of ['tree/others', 'elsewhere/large'])
    await service.ask({ method: 'POST', key, query: { uploads: '' } }, signal);
}

/** A run that is killed when a request of this kind was done by the service, before its answer came. */
async function killedAt(here: S3Ground, is: (asked: Asked) => boolean): Promise<void> {
  await using proxy = await startProxy(here.server.port);
  solid(join(here.source, 'large'), 20 * MiB);
  const reached = Promise.withResolvers<void>();
  proxy.trick = (asked) => {
    if (!is(asked)) return undefined;
    reached.resolve();
    return 'keeps the answer';
  };
  const running = here.start(['transfer', here.source, tree], {
    env: { AWS_ENDPOINT_URL_S3: proxy.endpoint },
  });
  await Promise.race([reached.promise, running.ended]);
  for (let tries = 0; tries < 200 && (await uploads(here)) < 3; tries++);
  running.child.kill('SIGKILL');
  await running.ended;
  // the proxy is another service by name: this one is the same
  const notes = join(here.state, 'uploads');
  for (const name of fs.readdirSync(notes)) {
    const note = fs.readFileSync(join(notes, name), 'utf8');
    const [from, to] = [proxy.endpoint, here.server.endpoint].map((endpoint) => new URL(endpoint).host);
    fs.writeFileSync(join(notes, name), note.replaceAll(from!, to!));
  }
}

/** A run that was stopped amid a large file; answers which. */
async function stopped(here: S3Ground, env: NodeJS.ProcessEnv): Promise<string> {
  solid(join(here.source, 'large'), 20 * MiB);
  const running = here.start(['transfer', '--bwlimit', '2M', here.source, tree], { env });
  const { run } = await running.next('started');
  await running.next('progress', ({ bytes }) => Number(bytes) > 0);
  await running.next('progress');
  running.child.kill('SIGINT');
  await running.ended;
  return String(run);
}

/** What a policy without ListBucketMultipartUploads forbids. */
const isUploadsListed = ({ method, url }: Asked) =>
  method === 'GET' && /[?&]uploads=/.test(url) ? ({ says: 403, code: 'AccessDenied' } as const) : undefined;

describe('difpipe clean', { skip, concurrency: 2 }, () => {
  for (const [peer, serve] of Object.entries(strict))
    test(`finds the upload in ${peer} whose beginning was never heard of, and none of others`, {
      skip: needs(peer),
    }, async () => {
      await using here = await s3Ground({}, serve);
      await begunByOthers(here);
      await killedAt(here, isBegin);
      assert.equal(await uploads(here), 3);
      const dry = await here.runTo(0, ['clean', '--dry-run', tree]);
      const shown = dry.said.map(({ path, became }) => [path, became]);
      assert.deepEqual(shown, [[`${tree}/large`, 'would be removed']]);
      assert.deepEqual((await here.runTo(0, ['clean', '--older-than', '1h', tree])).said, []);
      assert.deepEqual((await here.runTo(0, ['clean', `s3://${bucket}/other`])).said, []);
      assert.equal(await uploads(here), 3);
      const { said } = await here.runTo(0, ['clean', tree]);
      assert.deepEqual([said.length, said[0]?.became], [1, 'removed']);
      assert.deepEqual(membersOf(said), membersOf(exampleOf('cleaned')));
      assert.equal(await uploads(here), 2);
      assert.deepEqual((await here.runTo(0, ['clean', tree])).said, []);
      assert.deepEqual(fs.readdirSync(join(here.state, 'uploads')), []);
    });

  test('a run that can go on keeps its upload, runs forget gives it up', async () => {
    await using here = await s3Ground();
    await begunByOthers(here);
    await using proxy = await startProxy(here.server.port);
    const env = { AWS_ENDPOINT_URL_S3: proxy.endpoint };
    const run = await stopped(here, env);
    assert.equal(await uploads(here), 3);
    const { said } = await here.runTo(0, ['clean', tree], { env });
    assert.deepEqual(
      said.map(({ became }) => became),
      ['kept: a run goes on with it'],
    );
    const forgot = await here.runTo(0, ['runs', 'forget', run], { env });
    assert.match(forgot.stderr, /gave up 1 upload in s3:\/\/bucket/);
    assert.equal(await uploads(here), 2);
  });

  test('runs forget that may not list uploads ends with 3, and clean gives up what was left', async () => {
    await using here = await s3Ground();
    await using proxy = await startProxy(here.server.port);
    const env = { AWS_ENDPOINT_URL_S3: proxy.endpoint };
    const run = await stopped(here, env);
    proxy.trick = isUploadsListed;
    const forgot = await here.runTo(3, ['runs', 'forget', run], { env });
    assert.match(forgot.stderr, /cannot list the uploads of s3:\/\/bucket: .* difpipe clean s3:\/\/bucket/);
    assert.deepEqual(
      forgot.said.map(({ type, id }) => [type, id]),
      [['forgotten', run]],
    );
    assert.equal(await uploads(here), 1);
    proxy.trick = () => undefined;
    const cleaned = await here.runTo(0, ['clean', tree], { env });
    assert.deepEqual([cleaned.said[0]?.became, await uploads(here)], ['removed', 0]);
  });

  test('nothing is left of a run that ends, and only buckets are cleaned', async () => {
    await using here = await s3Ground();
    solid(join(here.source, 'large'), 20 * MiB);
    await here.runTo(0, ['transfer', here.source, tree]);
    assert.deepEqual(fs.readdirSync(join(here.state, 'uploads')), []);
    await here.runTo(2, ['clean', here.source]);
    assert.deepEqual((await here.runTo(0, ['clean', `s3://${bucket}`])).said, []);
  });

  for (const [name, why] of [
    ['mistyped', 'NoSuchBucket'],
    ['x', 'InvalidBucketName'],
  ] as const)
    test(`a bucket that is none (${name}) is not said to have nothing left in it`, async () => {
      await using here = await s3Ground();
      const { message } = errorOf(await here.runTo(2, ['clean', `s3://${name}`]));
      assert.ok(message.includes(`(${why})`), message);
    });
});
