import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openJournal } from '../../src/journal/open.ts';
import { needs } from '../peer.ts';
import { route, scratch } from './fixture.ts';
import { startChild } from './process.ts';
import { assertPromised } from './promised.ts';

// The state directory is on a file system in an image. A process commits and is stopped; the image is copied as
// it is, without sync or unmount, which is what a disk holds when the power fails, and the copy is mounted.

const make: Readonly<Record<string, string[]>> = {
  ext4: ['mkfs.ext4', '-q', '-F'],
  xfs: ['mkfs.xfs', '-q', '-f'],
  btrfs: ['mkfs.btrfs', '-q', '-f'],
};

function mounted(image: string, at: string): Disposable {
  mkdirSync(at);
  execFileSync('mount', ['-o', 'loop', image, at]);
  return { [Symbol.dispose]: () => void execFileSync('umount', [at]) };
}

/** Commits to a new state directory below `at`, stops in the middle, and returns what was promised until then. */
async function commitUntil(promises: number, { disk, at, copy }: { disk: string; at: string; copy: string }) {
  using _live = mounted(disk, at);
  const child = startChild(['commits', join(at, 'new', 'state'), '20000']);
  let promised = 0;
  while (promised < promises) promised = Number(await child.next());
  child.process.kill('SIGSTOP');
  execFileSync('cp', ['--sparse=always', disk, copy]);
  await child.kill();
  return promised;
}

for (const [kind, [program, ...flags]] of Object.entries(make)) {
  const skip = needs('root', 'loop', program!);
  test(`power cut under the Journal on ${kind}: everything that was promised is there`, {
    skip,
  }, async () => {
    for (const promises of [1, 5, 300]) await cut(promises);
  });

  /** Cuts the power right after so many promises. */
  async function cut(promises: number): Promise<void> {
    using dir = scratch();
    const [disk, crashed] = [join(dir.path, 'disk'), join(dir.path, 'crashed')];
    writeFileSync(disk, '');
    truncateSync(disk, 400 * 2 ** 20);
    execFileSync(program!, [...flags, disk]);
    const promised = await commitUntil(promises, { disk, at: join(dir.path, 'live'), copy: crashed });
    using _after = mounted(crashed, join(dir.path, 'after'));
    using journal = openJournal(join(dir.path, 'after', 'new', 'state'), route);
    assert.equal(journal.rescued, undefined);
    assertPromised(journal, promised);
  }
}
