import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { MiB, solid } from '../trees.ts';
import { makeImage, mounted, place } from './ground.ts';
import { assertSame, type Ended, runTo } from './program.ts';
import { assertWhole, contentsOf } from './tree.ts';

// A destination with too little room: said as it is, nothing cut short, and completed once there is room.

type Case = {
  readonly what: string;
  readonly fill: (source: string) => void;
  /** takes the room away; what it answers gives it back */
  readonly take: (disk: string) => () => void;
  readonly flags: readonly string[];
  readonly over: boolean;
};

const cases: readonly Case[] = [
  { what: 'blocks, for many files', fill: manyFiles, take: takeBlocks, flags: [], over: true },
  { what: 'blocks, for a large file', fill: largeFile, take: takeBlocks, flags: [], over: false },
  { what: 'blocks, for a large file over another', fill: largeFile, take: takeBlocks, flags: [], over: true },
  { what: 'inodes', fill: manyFiles, take: takeInodes, flags: ['-N', '3000'], over: true },
];

describe('a full destination, out of', { skip: needs('rsync', 'root', 'loop', 'mkfs.ext4') }, () => {
  for (const { what, fill, take, flags, over } of cases) {
    test(what, async () => {
      using here = place();
      makeImage(join(here.path, 'image'), 'ext4', 100 * MiB, '-O', '^has_journal', ...flags);
      using disk = mounted(join(here.path, 'at'), '-o', 'loop', join(here.path, 'image'));
      const [source, dest, state] = [
        join(here.path, 'from'),
        join(disk.path, 'to'),
        join(here.path, 'state'),
      ];
      for (const dir of [source, dest]) fs.mkdirSync(dir);
      fill(source);
      if (over) makeOld(source, dest);
      const whole = [contentsOf(source), contentsOf(dest)];
      const giveBack = take(disk.path);
      const run = assertFull(await runTo(1, state, ['transfer', source, dest]), what);
      assertWhole(dest, whole);
      assertFull(await runTo(1, state, ['runs', 'resume', run]), what);
      assertWhole(dest, whole);
      giveBack();
      await runTo(0, state, ['runs', 'resume', run]);
      assertSame(source, dest);
    });
  }
});

function largeFile(source: string): void {
  solid(join(source, 'large'), 70 * MiB);
}

function manyFiles(source: string): void {
  for (let i = 0; i < 1500; i++) {
    fs.mkdirSync(join(source, `d${i % 20}`), { recursive: true });
    fs.writeFileSync(join(source, `d${i % 20}/f${i}`), Buffer.alloc(100 + (i % 7) * 3000, `${i}. `));
  }
}

/** Some of them are there already, with other contents. */
function makeOld(source: string, dest: string): void {
  let count = 0;
  for (const name of contentsOf(source).keys()) {
    if (count++ > 300) return;
    fs.mkdirSync(join(dest, name, '..'), { recursive: true });
    fs.writeFileSync(join(dest, name), `old ${name}`);
  }
}

/** Leaves room for a part; gives it back when told. */
function takeBlocks(disk: string): () => void {
  const ballast = join(disk, 'ballast');
  const { bavail, bsize } = fs.statfsSync(disk);
  execFileSync('fallocate', ['-l', String(bavail * bsize - 2 * MiB), ballast]);
  return () => fs.rmSync(ballast);
}

function takeInodes(disk: string): () => void {
  const ballast = join(disk, 'ballast');
  fs.mkdirSync(ballast);
  for (let left = fs.statfsSync(disk).ffree - 600; left > 0; left--)
    fs.writeFileSync(join(ballast, `${left}`), '');
  return () => fs.rmSync(ballast, { recursive: true });
}

/** It says which side it is, what is missing, what to do, and how to go on; answers the run. */
function assertFull(ended: Ended, what: string): string {
  const toDo = what === 'inodes' ? /^all inodes are in use: .*, then resume$/ : /^make room, then resume$/;
  const { outcome, resumeWith, run } = ended.summary!;
  assert.deepEqual({ outcome, resumeWith }, { outcome: 'failed', resumeWith: `difpipe runs resume ${run}` });
  const said = ended.said.filter(({ type }) => type === 'failed');
  assert.ok(said.length > 0);
  for (const { kind, message, hint } of said) {
    assert.equal(kind, 'full');
    assert.match(String(hint), toDo);
    assert.match(String(message), /^cannot (write|make|replace) it at the destination: no space left/i);
  }
  return run;
}
