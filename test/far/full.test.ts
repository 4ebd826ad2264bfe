import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { makeImage, mounted } from '../survive/ground.ts';
import { assertSame, type Ended, failures, strays } from '../survive/program.ts';
import { assertWhole, type Contents, contentsOf } from '../survive/tree.ts';
import { MiB, solid } from '../trees.ts';
import { type Far, far } from './ground.ts';
import { mark, ordinary } from './tree.ts';

// A far disk with too little room, and far directories that others own.

const cases = {
  'many small files': { files: 1500, largeMiB: 0, changedMiB: 0 },
  'a large file': { files: 20, largeMiB: 70, changedMiB: 0 },
  'three legs at once': { files: 1500, largeMiB: 24, changedMiB: 24 },
} as const;

for (const [what, tree] of Object.entries(cases)) {
  test(`a full far disk, for ${what}: named, nothing cut short, and resumed`, {
    skip: needs('sshd', 'rsync', 'root', 'loop', 'mkfs.ext4'),
  }, async () => {
    await using here = await far();
    makeImage(join(here.path, 'image'), 'ext4', 100 * MiB, '-O', '^has_journal');
    using disk = mounted(join(here.path, 'at'), '-o', 'loop', join(here.path, 'image'));
    const dest = join(disk.path, 'to');
    const older = inPlace(here, dest, tree.changedMiB);
    ordinary(here.source, tree);
    const giveBack = takeRoom(disk.path);
    const whole = [older, contentsOf(here.source)];
    const slowly = tree.changedMiB > 0 ? ['--bwlimit', '20M'] : []; // slow enough for sending only what changed
    const run = assertFull(await here.runTo(1, ['transfer', ...slowly, here.source, here.url(dest)]), dest);
    assertWhole(dest, whole);
    assertFull(await here.runTo(1, ['runs', 'resume', run]), dest);
    assertWhole(dest, whole);
    giveBack();
    const { summary } = await here.runTo(0, ['runs', 'resume', run]);
    assert.equal(summary!.notices.delta, tree.changedMiB > 0 ? 1 : undefined);
    assertSame(here.source, dest);
  });
}

test('a far disk that is mounted read-only ends the run at once, which goes on when it is not', {
  skip: needs('sshd', 'rsync', 'root'),
}, async () => {
  await using here = await far();
  ordinary(here.source, { files: 300 });
  using disk = mounted(here.dest, '-t', 'tmpfs', '-o', 'ro', 'tmpfs');
  const ended = await here.runTo(1, ['transfer', here.source, here.url(here.dest)]);
  const why = [...failures(ended).values()];
  assert.ok(why.length < 20, `${why.length} entries failed`);
  assert.match(why[0]!, /^readonly: .*it is on a read-only file system/);
  execFileSync('mount', ['-o', 'remount,rw', disk.path]);
  await here.runTo(0, ['runs', 'resume', ended.summary!.run]);
  assertSame(here.source, here.dest);
});

test('a disk here that is mounted read-only ends a run from a host at once, which goes on when it is not', {
  skip: needs('sshd', 'rsync', 'root'),
}, async () => {
  await using here = await far();
  ordinary(here.source, { files: 300 });
  using disk = mounted(here.dest, '-t', 'tmpfs', '-o', 'ro', 'tmpfs');
  const ended = await here.runTo(1, ['transfer', here.url(here.source), here.dest]);
  const why = [...failures(ended).values()];
  assert.ok(why.length < 20, `${why.length} entries failed`);
  assert.match(why[0]!, /^readonly: .*read-only file system/);
  execFileSync('mount', ['-o', 'remount,rw', disk.path]);
  await here.runTo(0, ['runs', 'resume', ended.summary!.run]);
  assertSame(here.source, here.dest);
});

/** A large file that is at the destination, and has changed since; answers what is there. */
function inPlace({ source }: Far, dest: string, sizeMiB: number): Contents {
  if (sizeMiB === 0) return new Map();
  const image = join(source, 'image');
  solid(image, sizeMiB * MiB);
  fs.utimesSync(image, 1e9, 1e9);
  execFileSync('cp', ['-a', source, dest]);
  for (let at = 0; at < sizeMiB; at++) mark(image, at * MiB + 99, 'changed');
  return contentsOf(dest);
}

/** All but 2 MiB, until it is given back. */
function takeRoom(disk: string): () => void {
  const ballast = join(disk, 'ballast');
  const { bavail, bsize } = fs.statfsSync(disk);
  execFileSync('fallocate', ['-l', String(bavail * bsize - 2 * MiB), ballast]);
  return () => fs.rmSync(ballast);
}

/** It says which disk it is, what to do, and how to go on; answers the run. */
function assertFull(ended: Ended, dest: string): string {
  const { outcome, resumeWith, run } = ended.summary!;
  assert.deepEqual({ outcome, resumeWith }, { outcome: 'failed', resumeWith: `difpipe runs resume ${run}` });
  const said = ended.said.filter(({ type }) => type === 'failed');
  assert.ok(said.length > 0);
  for (const { kind, message, hint } of said) {
    assert.deepEqual({ kind, hint }, { kind: 'full', hint: 'make room there, then resume' });
    assert.match(
      String(message),
      new RegExp(
        `^cannot (\\w+ root@127\\.0\\.0\\.1:\\d+:${dest}/.*: no space left|unpack on the other side: its disk is full)`,
      ),
    );
  }
  return run;
}

test('what a far user may not read or write is named, and the rest arrives', {
  skip: needs('sshd', 'rsync', 'root', 'setpriv'),
}, async () => {
  // whatever runs there for this far user runs for an ordinary one
  const as = 'setpriv --reuid=65534 --regid=65534 --clear-groups';
  const asNobody = `ForceCommand exec ${as} sh -c "$SSH_ORIGINAL_COMMAND"`;
  await using here = await far({ options: [asNobody] });
  ordinary(here.source, { files: 100 });
  execFileSync('chmod', ['-R', 'o-rwx', join(here.source, 'd3'), join(here.source, 'd4/f4')]);
  const { dest, source, path } = here;
  const pulled = await here.runTo(3, ['transfer', '--strategy', 'parallel', here.url(source), dest]);
  assert.deepEqual([...failures(pulled).keys()].sort(), ['d3', 'd4/f4']);
  for (const why of failures(pulled).values())
    assert.match(why, /^denied: cannot (list|read) root@.*: permission denied/);
  assert.equal(fs.readdirSync(join(dest, 'd5')).length, 4);
  assert.deepEqual(strays(dest), []);

  const closed = join(path, 'closed');
  fs.mkdirSync(join(closed, 'd3'), { recursive: true, mode: 0o700 });
  for (const dir of [closed, join(closed, 'd5')]) fs.mkdirSync(dir, { recursive: true });
  fs.chownSync(closed, 65534, 65534);
  const pushed = await here.runTo(3, ['transfer', '--strategy', 'parallel', source, here.url(closed)]);
  assert.deepEqual([...new Set([...failures(pulled).keys()].map((name) => name.split('/')[0]))].sort(), [
    'd3',
    'd4',
  ]);
  assert.equal(fs.readdirSync(join(closed, 'd4')).length, 4);
  assert.ok(pushed.summary!.notices.owner! > 0);
});
