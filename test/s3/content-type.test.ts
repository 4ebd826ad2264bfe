import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { MiB, solid } from '../trees.ts';
import { bucket, rclone, type S3Ground, s3Ground, touches } from './ground.ts';
import { startS3 } from './server.ts';

// What a browser is told of an object, which whoever publishes a tree sees at once.

const skip = needs('versitygw', 'rclone');
const unknown = 'binary/octet-stream';

const wanted: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'STYLE.CSS': 'text/css; charset=utf-8',
  'a/app.min.js': 'text/javascript; charset=utf-8',
  'a/logo.svg': 'image/svg+xml',
  'a/empty.json': 'application/json',
  'a.b/font.woff2': 'font/woff2',
  'large.mp4': 'video/mp4',
  'archive.tar.gz': 'application/gzip',
  'a.html/none': unknown,
  '.html': unknown,
  'what.constructor': unknown,
};

test('a file says by its name what it is, also in parts, and is not written again for it', {
  skip,
}, async () => {
  await using here = await s3Ground();
  sow(here.source);
  const transfer = ['transfer', here.source, `s3://${bucket}/site`];
  await here.runTo(0, transfer);
  assert.deepEqual(typesIn(here, 'site'), wanted);
  const before = touches(here);
  await here.runTo(0, transfer);
  assert.deepEqual(touches(here), before);
  fs.chmodSync(join(here.source, 'index.html'), 0o600);
  await here.runTo(0, transfer);
  assert.deepEqual(typesIn(here, 'site'), wanted);
});

test('what is there without a type stays as it is', { skip }, async () => {
  await using here = await s3Ground();
  const page = join(here.source, 'page.html');
  fs.writeFileSync(page, 'page');
  const plain = ['--s3-no-check-bucket', '--metadata', '--header-upload', `Content-Type: ${unknown}`];
  rclone(here, 'copyto', ...plain, page, `s:${bucket}/page.html`);
  const before = touches(here);
  await here.runTo(0, ['transfer', here.source, `s3://${bucket}`, '--no-preserve', 'mode,owner']);
  assert.deepEqual([typesIn(here, ''), touches(here)], [{ 'page.html': unknown }, before]);
});

test('what another service says of an object goes before its name, in parts too', { skip }, async () => {
  await using here = await s3Ground();
  await using other = await startS3();
  await other.makeBucket(bucket);
  fs.writeFileSync(join(here.source, 'small.html'), 'small');
  for (const mib of [9, 40]) solid(join(here.source, `of-${mib}.html`), mib * MiB);
  const told = ['--s3-no-check-bucket', '--header-upload', 'Content-Type: text/x-own'];
  rclone(here, 'copy', ...told, here.source, `s:${bucket}/from`);
  const env = { DIFPIPE_DEST_AWS_ENDPOINT_URL_S3: other.endpoint };
  await here.runTo(0, ['transfer', `s3://${bucket}/from`, `s3://${bucket}/to`], { env });
  const own = 'text/x-own';
  assert.deepEqual(typesIn({ ...here, server: other }, 'to'), {
    'small.html': own,
    'of-9.html': own,
    'of-40.html': own,
  });
});

function sow(source: string): void {
  for (const dir of ['a', 'a.b', 'a.html']) fs.mkdirSync(join(source, dir));
  for (const name of Object.keys(wanted)) fs.writeFileSync(join(source, name), name);
  fs.writeFileSync(join(source, 'a/empty.json'), '');
  solid(join(source, 'large.mp4'), 20 * MiB);
}

function typesIn(here: S3Ground, prefix: string): Readonly<Record<string, string>> {
  const words = ['lsjson', '--recursive', '--files-only', '--metadata', `s:${bucket}/${prefix}`];
  const listed = JSON.parse(rclone(here, ...words)) as readonly Listed[];
  const objects = listed.filter(({ Name }) => Name !== '');
  return Object.fromEntries(objects.map(({ Path, Metadata }) => [Path, Metadata['content-type']!]));
}

type Listed = {
  readonly Path: string;
  readonly Name: string;
  readonly Metadata: Readonly<Record<string, string>>;
};
