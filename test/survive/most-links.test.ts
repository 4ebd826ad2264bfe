import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { MiB } from '../trees.ts';
import { makeImage, mounted, place } from './ground.ts';
import { runTo } from './program.ts';

const skip = needs('root', 'loop', 'mkfs.btrfs');

test('a file of more names than the destination allows takes as few copies as it can, in a further run none', {
  skip,
}, async () => {
  using here = place();
  makeImage(join(here.path, 'image'), 'btrfs', 300 * MiB, '-O', '^extref'); // the names of a file in a directory fill a page
  using disk = mounted(join(here.path, 'disk'), '-o', 'loop', join(here.path, 'image'));
  const [source, dest] = [join(here.path, 'source'), join(disk.path, 'dest')];
  fs.mkdirSync(source);
  const names = Array.from({ length: 200 }, (_, at) => `${at}-`.padEnd(200, 'x'));
  fs.writeFileSync(join(source, names[0]!), 'bytes');
  for (const name of names.slice(1)) fs.linkSync(join(source, names[0]!), join(source, name));
  const transfer = ['transfer', source, dest];
  const first = (await runTo(0, join(here.path, 'state'), transfer)).summary!;
  const links = names.map((name) => fs.statSync(join(dest, name)).nlink).toSorted((a, b) => a - b);
  const files = new Set(names.map((name) => fs.statSync(join(dest, name)).ino)).size;
  assert.equal(files, Math.ceil(names.length / links.at(-1)!));
  assert.deepEqual([first.tally.copied, first.tally.linked], [files, names.length - files]);
  assert.deepEqual(first.notices, { hardlink: files - 1 });
  const second = (await runTo(0, join(here.path, 'state'), transfer)).summary!;
  assert.deepEqual([second.tally.skipped, second.notices], [names.length, first.notices]);
});
