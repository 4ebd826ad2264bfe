import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Flow } from '../../../src/engine/tar/pack/flow.ts';
import { PackBundle } from '../../../src/engine/tar/pack/pack-bundle.ts';
import { judge } from '../../judge.ts';
import { needs } from '../../peer.ts';
import { workspace } from '../run.ts';
import { packHow } from './batch.ts';

/** What it makes of one new tree. */
function packed(source: string, tree: string): Buffer {
  const flow = new Flow();
  const how = { ...packHow, verbose: false, tag: '.difpipe-', inlineBytes: 1024 ** 2 };
  const setup = { root: Buffer.from(source), rules: [], how, flow: flow.buffer };
  const names = Buffer.from(`${tree}\0`);
  const bundle = { dir: Buffer.alloc(0), names, what: 'trees', fresh: Uint8Array.of(1), slice: 0 } as const;
  const most = { entries: 100_000, bytes: 1024 ** 3 };
  const order = { id: 1, bundle, stage: '.difpipe-1', most, amid: 1 };
  const chunks: Uint8Array[] = [];
  using packing = new PackBundle(setup, order, flow, (piece) => {
    if ('chunk' in piece) chunks.push(piece.chunk);
  });
  while (!packing.step());
  return Buffer.concat(chunks);
}

/** Directories with many names and some of their own, at several depths, all older than what is in them. */
function makeWide(dir: string, depth: number): void {
  fs.mkdirSync(dir);
  for (let n = 0; n < 700; n++) fs.writeFileSync(join(dir, `a file with a name that is not short ${n}`), 'x');
  for (const name of depth > 0 ? ['one', 'two'] : []) makeWide(join(dir, name), depth - 1);
  fs.utimesSync(dir, 1_600_000_000 + depth, 1_600_000_000 + depth);
}

test('PackBundle has each directory once, before all that is in it, and comes back to none', {
  skip: needs('tar', 'rsync', 'root'),
}, async () => {
  const here = workspace();
  makeWide(join(here, 'wide'), 2);
  const input = packed(here, 'wide');
  const listed = execFileSync('tar', ['-tf', '-'], { input, encoding: 'utf8', maxBuffer: 1 << 26 });
  const paths = listed.split('\n').filter((path) => path.startsWith('n0/'));
  const dirs = paths.filter((path) => path.endsWith('/'));
  assert.equal(dirs.length, 7);
  assert.equal(paths.length, 7 * 701);
  for (const dir of dirs) {
    const of = paths.flatMap((path, at) => (path.startsWith(dir) ? [at] : []));
    assert.equal(paths[of[0]!], dir);
    assert.equal(of.at(-1)! - of[0]! + 1, of.length, dir);
  }
  fs.mkdirSync(join(here, 'copy'));
  execFileSync('tar', ['-xpf', '-', '-C', join(here, 'copy')], { input });
  assert.equal(await judge(join(here, 'wide'), join(here, 'copy/n0/wide')), '');
});
