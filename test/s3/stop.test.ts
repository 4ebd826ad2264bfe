import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { errorOf } from '../far/ground.ts';
import { needs } from '../peer.ts';
import { assertSame, assertStatus, whileHeld } from '../survive/program.ts';
import { MiB, solid } from '../trees.ts';
import { bucket, rclone, s3Ground } from './ground.ts';

const skip = needs('versitygw', 'rclone', 'rsync');
const tree = `s3://${bucket}/tree/`;
const codes = { SIGTERM: 143, SIGINT: 130, SIGHUP: 129 } as const;

describe('a transfer with S3', { skip, concurrency: 2 }, () => {
  for (const [signal, way] of [
    ['SIGTERM', 'there'],
    ['SIGINT', 'back'],
    ['SIGHUP', 'there'],
  ] as const)
    test(`on the way ${way} that is told to stop by ${signal} ends within 10 s, and is resumed`, async () => {
      await using here = await s3Ground();
      solid(join(here.source, 'large'), 70 * MiB);
      for (let i = 0; i < 100; i++) fs.writeFileSync(join(here.source, `f${i}`), `${i}`);
      const back = join(here.path, 'back');
      if (way === 'back') await here.runTo(0, ['transfer', here.source, tree]);
      const ends = way === 'there' ? [here.source, tree] : [tree, back];
      const running = here.start(['transfer', '--bwlimit', '30M', ...ends]);
      await running.next('progress', ({ bytes }) => Number(bytes) > 9 * MiB);
      if (signal === 'SIGTERM') {
        const second = await whileHeld(running, () => here.runTo(6, ['transfer', ...ends]));
        assert.equal(errorOf(second).kind, 'locked');
        assert.ok(errorOf(second).message.includes(`process ${running.child.pid}`));
      }
      const startMs = performance.now();
      running.child.kill(signal);
      assertStatus(codes[signal], await running.ended);
      assert.ok(performance.now() - startMs < 10_000);
      const left = way === 'there' ? join(here.server.path, bucket, 'tree/large') : join(back, 'large');
      assert.equal(fs.existsSync(left), false);
      await here.runTo(0, ['runs', 'resume']);
      if (way === 'there') rclone(here, 'check', '--download', here.source, `s:${bucket}/tree`);
      else assertSame(here.source, back);
    });
});
