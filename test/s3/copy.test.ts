import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { errorOf } from '../far/ground.ts';
import { needs } from '../peer.ts';
import { failures } from '../survive/program.ts';
import { MiB, solid } from '../trees.ts';
import { bucket, rclone, type S3Ground, s3Ground } from './ground.ts';
import { startProxy } from './proxy.ts';
import { keys, startRcloneS3, strict } from './server.ts';

const skip = needs('versitygw', 'rclone');

type Told = { readonly Path: string; readonly Metadata: Readonly<Record<string, string>> };
const [first, second] = [`s3://${bucket}/first`, `s3://${bucket}/second/`];

describe('from bucket to bucket', { skip }, () => {
  test('of one service, the service copies', async () => {
    await using here = await s3Ground();
    await using proxy = await startProxy(here.server.port);
    fill(here.source);
    await here.runTo(0, ['transfer', here.source, first]);
    const env = { AWS_ENDPOINT_URL_S3: proxy.endpoint };
    const { summary } = await here.runTo(0, ['transfer', first, second], { env });
    assert.equal(summary!.tally.copied, 4);
    const moved = proxy.asked.reduce((sum, { bytes }) => sum + bytes, 0);
    assert.ok(moved < 10_000, `${moved} bytes were sent`);
    assert.ok(!proxy.asked.some(({ method, url }) => method === 'GET' && url.endsWith('large')));
    await here.runTo(0, ['verify', '--checksum', here.source, second], { env });
    rclone(here, 'check', '--download', `s:${bucket}/first`, `s:${bucket}/second`);
  });

  test('into itself nothing goes, which names both places as they are typed', async () => {
    await using here = await s3Ground();
    fill(here.source);
    await here.runTo(0, ['transfer', here.source, first]);
    const inside = errorOf(await here.runTo(5, ['transfer', first, `${first}/below`]));
    assert.match(inside.message, /^s3:\/\/bucket\/first\/below is inside s3:\/\/bucket\/first: /);
    const same = errorOf(await here.runTo(5, ['transfer', first, first]));
    assert.equal(same.message, 'source and destination are both s3://bucket/first');
  });

  test('of one service, what others keep beside an object goes with it, small and large', async () => {
    await using here = await s3Ground();
    fill(here.source);
    copyWith(here, 'gzip');
    await here.runTo(0, ['transfer', first, second]);
    assert.deepEqual(besideIn(here, 'first')[0]!.slice(1), ['text/css', 'max-age=7', 'gzip', 'blue']);
    assert.deepEqual(besideIn(here, 'second'), besideIn(here, 'first'));
  });

  test('what an object is given in its place keeps what others keep beside it, but how it was once sent', async () => {
    await using here = await s3Ground();
    await using proxy = await startProxy(here.server.port);
    fs.writeFileSync(join(here.source, 'one'), 'one');
    copyWith(here, 'aws-chunked,gzip', { 'X-Amz-Meta-Mode': '100755' });
    const env = ends('DEST', proxy.endpoint);
    const { summary } = await here.runTo(0, ['transfer', here.source, first], { env });
    assert.equal(summary!.tally.copied, 0);
    const put = proxy.asked.find(({ headers }) => headers['x-amz-copy-source'] !== undefined)!;
    const names = ['content-type', 'cache-control', 'content-encoding', 'x-amz-meta-colour'];
    const beside = names.map((name) => put.headers[name]);
    assert.deepEqual(beside, ['text/css', 'max-age=7', 'gzip', 'blue']);
  });

  test('of two services, so it does, and costs small objects no request', async () => {
    await using here = await s3Ground();
    await using there = await s3Ground();
    await using proxy = await startProxy(here.server.port);
    fill(here.source);
    fs.writeFileSync(join(here.source, 'empty'), '');
    copyWith(here, 'aws-chunked,gzip');
    const env = { ...ends('SOURCE', proxy.endpoint), ...ends('DEST', there.server.endpoint) };
    await here.runTo(0, ['transfer', first, second], { env });
    const found = besideIn(there, 'second');
    assert.equal(found.length, 5);
    for (const [, ...beside] of found) assert.deepEqual(beside, ['text/css', 'max-age=7', 'gzip', 'blue']);
    assert.deepEqual(
      proxy.asked.filter(({ url }) => url.endsWith('/one')).map(({ method }) => method),
      ['GET'],
    );
    rclone(there, 'check', '--download', here.source, `s:${bucket}/second`);
    const { summary } = await here.runTo(0, ['transfer', first, second], { env });
    assert.equal(summary!.tally.copied, 0);
  });

  test('of two services, what keeps more beside it than the other one takes is named, with why', async () => {
    await using here = await s3Ground();
    await using there = await s3Ground({}, startRcloneS3);
    fs.writeFileSync(join(here.source, 'one'), 'one');
    rclone(
      here,
      ...['copy', '--header-upload', `X-Amz-Meta-Note: ${'x'.repeat(1990)}`],
      ...[here.source, `s:${bucket}/first`],
    );
    const env = { ...ends('SOURCE', here.server.endpoint), ...ends('DEST', there.server.endpoint) };
    const ended = await here.runTo(3, ['transfer', first, second], { env });
    assert.match(failures(ended).get('one')!, /^unsupported: .*MetadataTooLarge/);
  });

  test('where a rival puts an object there meanwhile, his stays, and is reported', {
    skip: needs('swift'),
  }, async () => {
    await using here = await s3Ground({}, strict.swift); // which heeds conditions with copies, too
    await using proxy = await startProxy(here.server.port);
    fill(here.source);
    await here.runTo(0, ['transfer', here.source, first]);
    const rival = join(here.path, 'rival');
    fs.writeFileSync(rival, "a rival's");
    let isThere = false;
    proxy.trick = ({ method, url, headers }) => {
      if (isThere || method !== 'PUT' || !headers['x-amz-copy-source'] || !url.endsWith('/one'))
        return undefined;
      isThere = true;
      rclone(here, 'copyto', '--s3-no-check-bucket', rival, `s:${bucket}/second/one`);
      return undefined;
    };
    const env = { AWS_ENDPOINT_URL_S3: proxy.endpoint };
    const ended = await here.runTo(3, ['transfer', first, second], { env });
    assert.ok(isThere);
    assert.match(failures(ended).get('one')!, /^conflict: /);
    assert.equal(rclone(here, 'cat', `s:${bucket}/second/one`), "a rival's");
  });

  test('a service that takes a condition of a copy for one about its source copies without', async () => {
    await using here = await s3Ground();
    await using proxy = await startProxy(here.server.port);
    fill(here.source);
    await here.runTo(0, ['transfer', here.source, first]);
    proxy.trick = ({ headers }) =>
      headers['x-amz-copy-source'] && headers['if-none-match']
        ? { says: 412, code: 'PreconditionFailed' }
        : undefined;
    const env = { AWS_ENDPOINT_URL_S3: proxy.endpoint };
    await here.runTo(0, ['transfer', first, second], { env });
    const moved = proxy.asked.reduce((sum, { bytes }) => sum + bytes, 0);
    assert.ok(moved < 10_000, `${moved} bytes were sent`);
    await here.runTo(0, ['verify', '--checksum', here.source, second]);
  });

  test('of two services, each end has keys of its own', async () => {
    await using here = await s3Ground();
    await using there = await s3Ground();
    fill(here.source);
    await here.runTo(0, ['transfer', here.source, first]);
    const env = {
      AWS_ACCESS_KEY_ID: 'nobody',
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
      ...ends('SOURCE', here.server.endpoint),
      ...ends('DEST', there.server.endpoint),
    };
    await here.runTo(0, ['transfer', first, second], { env });
    await there.runTo(0, ['verify', '--checksum', here.source, second]);
    const { stderr } = await here.run(['transfer', first, 's3://none/'], { env });
    for (const text of [stderr, ...contentsBelow(here.state)])
      assert.ok(!text.includes(keys.secretAccessKey));
  });
});

function copyWith(here: S3Ground, encoding: string, more: Record<string, string> = {}): void {
  const mine = {
    ...more,
    'Content-Type': 'text/css',
    'Cache-Control': 'max-age=7',
    'Content-Encoding': encoding,
    'X-Amz-Meta-Colour': 'blue',
  };
  const words = Object.entries(mine).flatMap(([name, value]) => ['--header-upload', `${name}: ${value}`]);
  rclone(here, 'copy', ...words, here.source, `s:${bucket}/first`);
}

/** What is kept beside each object, by its name. */
function besideIn(here: S3Ground, at: string): (string | undefined)[][] {
  const names = ['content-type', 'cache-control', 'content-encoding', 'colour'] as const;
  const words = ['lsjson', '--metadata', '--recursive', '--files-only', `s:${bucket}/${at}`];
  const told = JSON.parse(rclone(here, ...words)) as Told[];
  return told.map(({ Path, Metadata }) => [Path, ...names.map((name) => Metadata[name])]).sort();
}

function fill(source: string): void {
  fs.mkdirSync(join(source, 'd'));
  for (const name of ['one', 'two', 'd/a b+%']) fs.writeFileSync(join(source, name), name.repeat(500));
  solid(join(source, 'large'), 20 * MiB + 3);
}

function ends(end: 'SOURCE' | 'DEST', endpoint: string): NodeJS.ProcessEnv {
  const prefix = `DIFPIPE_${end}_AWS_`;
  return {
    [`${prefix}ACCESS_KEY_ID`]: keys.accessKeyId,
    [`${prefix}SECRET_ACCESS_KEY`]: keys.secretAccessKey,
    [`${prefix}ENDPOINT_URL_S3`]: endpoint,
  };
}

/** Every file of the state directory, as text. */
function contentsBelow(root: string): string[] {
  const files = fs
    .readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => fs.readFileSync(join(parentPath, name), 'latin1'));
}
