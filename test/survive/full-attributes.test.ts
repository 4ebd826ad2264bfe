import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { MiB } from '../trees.ts';
import { makeImage, mounted, place } from './ground.ts';
import { assertSame, failures, runTo } from './program.ts';

// A disk without room for the attributes of an entry has not refused them: it fails, and gets them when there is room.

const cases: Readonly<Record<string, string>> = {
  'a new file': ': >source/entry',
  'a file that is there': ': >source/entry; cp -p source/entry dest',
  'a large file': 'truncate -s 70M source/entry',
  'a FIFO': 'mkfifo source/entry',
  'a FIFO in the place of a symlink': 'mkfifo source/entry; ln -s x dest/entry',
  'a directory that is there': 'mkdir source/entry; cp -a source/entry dest',
};

const skip = needs('rsync', 'root', 'loop', 'mkfs.ext4', 'setfattr', 'fallocate');

describe('without room for its attributes fails', { skip }, () => {
  for (const [what, make] of Object.entries(cases))
    test(what, async () => {
      using here = place();
      makeImage(join(here.path, 'image'), 'ext4', 20 * MiB, '-m', '0', '-b', '4096');
      using disk = mounted(join(here.path, 'at'), '-o', 'loop', join(here.path, 'image'));
      const [source, dest, state] = [
        join(here.path, 'source'),
        join(disk.path, 'dest'),
        join(here.path, 'state'),
      ];
      for (const dir of [source, dest]) fs.mkdirSync(dir);
      fs.symlinkSync(dest, join(here.path, 'dest'));
      execFileSync('sh', ['-euc', make], { cwd: here.path });
      attribute(join(source, 'entry'), 1500);
      const giveBack = fill(disk.path);
      for (let run = 0; run < 2; run++) {
        const failed = failures(await runTo(1, state, ['transfer', source, dest]));
        assert.deepEqual([...failed.keys()], ['entry']);
        assert.match(failed.get('entry')!, /^full: cannot .* it at the destination: no space left/);
      }
      giveBack();
      const { summary } = await runTo(0, state, ['transfer', '--verify', source, dest]);
      assert.deepEqual(summary!.notices, {});
      assertSame(source, dest);
    });
});

test('what no room would be enough for is said to be lost, and the rest is kept', { skip }, async () => {
  using here = place();
  makeImage(join(here.path, 'image'), 'ext4', 20 * MiB, '-b', '1024');
  using disk = mounted(join(here.path, 'at'), '-o', 'loop', join(here.path, 'image'));
  const [source, dest] = [join(here.path, 'source'), join(disk.path, 'dest')];
  fs.mkdirSync(source);
  fs.writeFileSync(join(source, 'entry'), 'bytes');
  attribute(join(source, 'entry'), 30_000);
  for (let run = 0; run < 2; run++) {
    const { summary } = await runTo(0, join(here.path, 'state'), ['transfer', '--verify', source, dest]);
    assert.deepEqual(summary!.notices, { xattr: 1 });
  }
});

function attribute(path: string, bytes: number): void {
  execFileSync('setfattr', ['-n', 'trusted.difpipe', '-v', 'x'.repeat(bytes), path]);
}

/** Takes the room away, to the last attribute that there is one for; what it answers gives it back. */
function fill(disk: string): () => void {
  const ballast = join(disk, 'ballast');
  fs.mkdirSync(ballast);
  const { bavail, bsize } = fs.statfsSync(disk);
  execFileSync('fallocate', ['-l', String(bavail * bsize), join(ballast, 'blocks')]);
  const script = 'i=0; while : >$i && setfattr -n trusted.$i -v "$0" $i; do i=$((i+1)); done 2>/dev/null';
  execFileSync('sh', ['-c', script, 'y'.repeat(1500)], { cwd: ballast });
  return () => fs.rmSync(ballast, { recursive: true });
}
