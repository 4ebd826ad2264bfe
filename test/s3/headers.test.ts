import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { bucket, rclone, s3Ground } from './ground.ts';

test('a change of mode keeps what others wrote beside an object, also where it is no ASCII', {
  skip: needs('versitygw', 'rclone'),
}, async () => {
  await using here = await s3Ground();
  const file = join(here.source, 'f');
  fs.writeFileSync(file, 'f');
  const header = 'Content-Disposition: attachment; filename="été.txt"';
  const words = ['copyto', '--s3-no-check-bucket', '--metadata', '--header-upload', header];
  rclone(here, ...words, file, `s:${bucket}/f`);
  fs.chmodSync(file, 0o600);
  const { summary } = await here.runTo(0, ['transfer', here.source, `s3://${bucket}`]);
  assert.equal(summary!.tally.repaired, 1);
  const [told] = JSON.parse(rclone(here, 'lsjson', '--metadata', `s:${bucket}/f`)) as [
    { readonly Metadata: Readonly<Record<string, string>> },
  ];
  assert.equal(told.Metadata['content-disposition'], 'attachment; filename="été.txt"');
});
