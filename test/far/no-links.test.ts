import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exfatAt, exfatPeers } from '../engine/exfat.ts';
import { needs } from '../peer.ts';
import { makeImage, mounted } from '../survive/ground.ts';
import { MiB } from '../trees.ts';
import { type Far, far, ways } from './ground.ts';

/** A file of many names goes to a disk; a second run finds as many files there, and moves none. */
async function goesTwice(here: Far, ends: readonly string[], names: number): Promise<number> {
  const name = (at: number) => join(here.source, `${at}`.padStart(8, '0'));
  fs.writeFileSync(name(0), 'bytes');
  fs.utimesSync(name(0), 1e9, 1e9); // as every disk can hold it
  for (let at = 1; at < names; at++) fs.linkSync(name(0), name(at));
  const first = (await here.runTo(0, ['transfer', '--strategy', 'parallel', ...ends])).summary!;
  const second = (await here.runTo(0, ['transfer', '--strategy', 'parallel', ...ends])).summary!;
  const { copied, linked, skipped } = second.tally;
  assert.deepEqual([copied, linked, skipped], [0, 0, names]);
  assert.equal(second.notices.hardlink, first.notices.hardlink);
  return first.tally.copied;
}

for (const [way, between] of Object.entries(ways)) {
  test(`${way}, names of one file stay files of their own on a disk that has no links`, {
    skip: needs('sshd', ...exfatPeers),
  }, async () => {
    await using here = await far();
    using _disk = await exfatAt(here.dest);
    assert.equal(await goesTwice(here, between(here), 5), 5);
  });

  test(`${way}, and so do those beyond what a disk allows of one file`, {
    skip: needs('sshd', 'root', 'loop', 'mkfs.btrfs'),
  }, async () => {
    await using here = await far();
    makeImage(join(here.path, 'image'), 'btrfs', 300 * MiB, '-O', '^extref');
    using _disk = mounted(here.dest, '-o', 'loop', join(here.path, 'image'));
    const copied = await goesTwice(here, between(here), 1000);
    assert.ok(copied > 1 && copied < 500, `${copied}`);
  });
}

test('a name that lies on a small disk below a host becomes a file of its own there, and the run goes on', {
  skip: needs('sshd', 'root'),
}, async () => {
  await using here = await far();
  using small = mounted(join(here.dest, 'sub'), '-t', 'tmpfs', '-o', 'size=8m', 'tmpfs');
  fs.mkdirSync(join(here.source, 'sub'));
  fs.writeFileSync(join(here.source, 'one'), 'bytes');
  fs.linkSync(join(here.source, 'one'), join(here.source, 'sub/other'));
  await here.runTo(0, ['transfer', '--strategy', 'parallel', here.source, here.url(here.dest)]);
  assert.equal(fs.readFileSync(join(small.path, 'other'), 'utf8'), 'bytes');
});
