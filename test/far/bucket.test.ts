import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { shell } from '../engine/run.ts';
import { needs } from '../peer.ts';
import { bucket, s3Ground } from '../s3/ground.ts';
import { MiB, solid } from '../trees.ts';
import { differences, far } from './ground.ts';

// Between a host and an object store: bytes come one way and leave another, in memory that both use.

test('a tree goes from a host to a bucket, and from there to a host', {
  skip: needs('sshd', 'rsync', 'root', 'versitygw'),
}, async () => {
  await using here = await far();
  await using s3 = await s3Ground();
  for (let i = 0; i < 120; i++)
    fs.writeFileSync(join(here.source, `${i}`), Buffer.alloc(66_000 + ((i * 77_777) % MiB), i));
  solid(join(here.source, 'large'), 20 * MiB + 1);
  await shell(here.source, 'mkdir empty; ln -s large link; chmod 4750 7; touch -hd @1000000000 * .');
  const how = { env: { ...s3.env, ...here.env } };
  const place = `s3://${bucket}/across`;
  await here.runTo(0, ['transfer', here.url(here.source), place], how);
  const { summary } = await here.runTo(0, ['transfer', place, here.url(here.dest)], how);
  assert.deepEqual(summary!.notices, {});
  assert.deepEqual(differences(here.source, here.dest), []);
});
