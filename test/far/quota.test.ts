import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { makeImage, mounted } from '../survive/ground.ts';
import { assertSame, failures, strays } from '../survive/program.ts';
import { MiB, solid } from '../trees.ts';
import { far } from './ground.ts';

const btrfs = (...words: string[]) => execFileSync('btrfs', words, { stdio: 'pipe' });

const trees: Readonly<Record<string, (dir: string) => void>> = {
  'many small files': (dir) => {
    for (let at = 0; at < 60; at++) solid(join(dir, `${at}`), MiB / 2);
  },
  'a large file': (dir) => solid(join(dir, 'large'), 40 * MiB),
};

for (const [what, fill] of Object.entries(trees))
  for (const strategy of ['auto', 'parallel'])
    test(`a quota that is used up on a host ends the run by ${strategy}, which goes on with a larger one: ${what}`, {
      skip: needs('sshd', 'rsync', 'root', 'loop', 'mkfs.btrfs', 'btrfs'),
    }, async () => {
      await using here = await far();
      makeImage(join(here.path, 'image'), 'btrfs', 256 * MiB);
      using disk = mounted(join(here.path, 'at'), '-o', 'loop', join(here.path, 'image'));
      const [held, dest] = [join(disk.path, 'held'), join(disk.path, 'held/to')];
      btrfs('subvolume', 'create', held);
      btrfs('quota', 'enable', disk.path);
      btrfs('qgroup', 'limit', '16M', held);
      fill(here.source);
      const words = ['transfer', '--strategy', strategy, here.source, here.url(dest)];
      const ended = await here.runTo(1, words);
      const why = [...failures(ended).values()];
      assert.ok(why.length < 20, `${why.length} entries failed`);
      for (const one of why) assert.match(one, /^full: .*disk quota exceeded/i);
      assert.deepEqual(
        strays(dest).filter((name) => name.includes('room')),
        [],
      );
      btrfs('qgroup', 'limit', 'none', held);
      await here.runTo(0, ['runs', 'resume', ended.summary!.run]);
      assertSame(here.source, dest);
    });
