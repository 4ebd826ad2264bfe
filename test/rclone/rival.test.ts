import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ordinary } from '../far/tree.ts';
import { needs } from '../peer.ts';
import { failures, strays } from '../survive/program.ts';
import { beforeEach } from './between.ts';
import { ground } from './ground.ts';
import { programs } from './remotes.ts';

// Batches that rclone copies, while somebody else writes there, and by a clock that is a day off.

const current = programs['a current rclone'];

describe('batches that rclone copies', { skip: needs('current-rclone', 'root', 'faketime') }, () => {
  for (const way of ['there', 'back'] as const)
    test(`leave alone what a rival wrote meanwhile, on the way ${way}`, async () => {
      await using here = ground(current);
      const [from, to] = way === 'there' ? [here.source, here.disk] : [here.disk, here.back];
      const ends = way === 'there' ? [from, 'disk:'] : ['disk:', to];
      ordinary(from, { files: 150 });
      fs.mkdirSync(join(to, 'd1'), { recursive: true });
      await using _ = await beforeEach(here, (call) => {
        if (call === '/sync/copy') fs.writeFileSync(join(to, 'd1/f1'), "a rival's\n");
      });
      const ended = await here.runTo(3, ['transfer', ...ends]);
      assert.deepEqual([...failures(ended).keys()], ['d1/f1']);
      assert.match(failures(ended).get('d1/f1')!, /^conflict: /);
      assert.equal(fs.readFileSync(join(to, 'd1/f1'), 'utf8'), "a rival's\n");
      assert.deepEqual(strays(to), []);
    });

  for (const [days, way] of [
    ['-1d', 'there'],
    ['+1d', 'back'],
  ] as const)
    test(`on the way ${way} are of what changed, and nothing else, by a clock that is off by ${days}`, async () => {
      await using here = ground(current);
      const [from, to] = way === 'there' ? [here.source, here.disk] : [here.disk, here.back];
      const ends = way === 'there' ? [from, 'disk:'] : ['disk:', to];
      const words = ['-m', '-f', '+0', 'printenv', 'LD_PRELOAD'];
      const LD_PRELOAD = execFileSync('faketime', words, { encoding: 'utf8' }).trim();
      const only = { FAKETIME_DONT_FAKE_MONOTONIC: '1', NO_FAKE_STAT: '1', FAKE_UTIME: '0' };
      const clock = { env: { ...only, LD_PRELOAD, FAKETIME: days } };
      const copied = async () => (await here.runTo(0, ['transfer', ...ends], clock)).summary!.tally.copied;
      ordinary(from, { files: 150 });
      assert.equal(await copied(), 150);
      assert.equal(await copied(), 0);
      fs.writeFileSync(join(from, 'd1/f1'), 'changed');
      assert.equal(await copied(), 1);
      assert.equal(here.check(from, to), '');
    });
});
