import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { difpipe, directory } from './difpipe.ts';
import { tree } from './trees.ts';

/** A Journal with 300 files, and 40 KB of it overwritten. */
function damaged() {
  const here = directory();
  const state = join(here, 'state');
  const files = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`f${i}`, `${i}`]));
  const words = ['--state-dir', state, tree(join(here, 'from'), files), join(here, 'to')];
  assert.equal(difpipe(['transfer', ...words]).status, 0);
  const routes = join(state, 'routes');
  const db = join(routes, fs.readdirSync(routes).find((name) => /^[0-9a-f]{24}\.db$/.test(name))!);
  const file = fs.openSync(db, 'r+');
  fs.writeSync(file, Buffer.alloc(fs.fstatSync(file).size - 4096, 0xa5), 0, undefined, 4096);
  fs.closeSync(file);
  return { state, db, words };
}

test('what is damaged is said in words of ours', () => {
  const { words } = damaged();
  const { status, stderr } = difpipe(['transfer', ...words]);
  assert.equal(status, 0);
  assert.match(stderr, /the Journal of this route was damaged \([a-z ]+\); it is kept as/);
});

test('runs resume finds no run, and says that one may be in what is damaged', () => {
  const { state, db } = damaged();
  const { status, stderr } = difpipe(['runs', 'resume', '--state-dir', state]);
  assert.equal(status, 2);
  assert.match(stderr, /is unfinished, but what is kept of some is damaged: start the transfer again; /);
  assert.match(difpipe(['runs', '--state-dir', state]).stderr, new RegExp(`damaged, .*: ${db}`));
});
