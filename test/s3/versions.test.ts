import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { settle } from '../../src/store/s3/service/chain.ts';
import { createService } from '../../src/store/s3/service/service.ts';
import { needs } from '../peer.ts';
import { assertSame } from '../survive/program.ts';
import { MiB, solid } from '../trees.ts';
import { bucket, rclone, type S3Ground, s3Ground } from './ground.ts';
import { startVersioningS3 } from './server.ts';

// A bucket that keeps versions of what is replaced and deleted.

async function keepVersions({ server }: S3Ground): Promise<void> {
  using service = createService(bucket, await settle(server.access));
  const body = Buffer.from(
    '<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>',
  );
  await service.ask({ method: 'PUT', key: '', query: { versioning: '' }, body }, AbortSignal.timeout(30_000));
}

test('what was deleted in a bucket that keeps versions is sent again', {
  skip: needs('versitygw', 'rclone', 'rsync'),
}, async () => {
  await using here = await s3Ground({}, startVersioningS3);
  await keepVersions(here);
  const [to, back] = [`s3://${bucket}/tree`, join(here.path, 'back')];
  fs.mkdirSync(join(here.source, 'd'));
  for (const name of ['f', 'd/g']) fs.writeFileSync(join(here.source, name), name);
  solid(join(here.source, 'large'), 17 * MiB);
  await here.runTo(0, ['transfer', here.source, to]);
  rclone(here, 'delete', `s:${bucket}/tree`);
  const { summary } = await here.runTo(0, ['transfer', '--verify', here.source, to]);
  assert.equal(summary!.tally.copied, 3);
  const last = await here.runTo(0, ['transfer', here.source, to]);
  assert.equal(last.summary!.tally.copied, 0);
  await here.runTo(0, ['transfer', to, back]);
  assertSame(here.source, back);
});
