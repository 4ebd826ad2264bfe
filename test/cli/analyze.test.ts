import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { difpipe, directory } from './difpipe.ts';
import { tree } from './trees.ts';

const here = directory();
const source = tree(join(here, 'from'), { a: 'a', 'sub/b': 'b'.repeat(5000), 'sub/c': '' });

test('analyze draws what a tree holds, on standard output, and copies nothing', () => {
  const { status, stdout } = difpipe(['analyze', source, join(here, 'to')]);
  assert.equal(status, 0);
  assert.match(stdout, /3 files/);
  for (const name of ['parallel', 'tar', 'proxy', 'rsync', 'rclone'])
    assert.match(stdout, new RegExp(`\\b${name}\\b`));
  assert.match(stdout, /Recommended: parallel/);
  assert.doesNotMatch(stdout, /\x1b/);
  assert.deepEqual(fs.readdirSync(here), ['from']);
});

test('analyze needs no destination', () => {
  assert.equal(difpipe(['analyze', source]).status, 0);
});

test('analyze draws ASCII where the locale knows no more', () => {
  const { stdout } = difpipe(['analyze', source], { env: { LC_ALL: 'C' } });
  assert.match(stdout, /^[\n\x20-\x7e]+$/);
});

test('analyze --json is one object with the profile, the candidates and the plan', () => {
  const { status, stdout, stderr } = difpipe([
    'analyze',
    '--json',
    '--progress',
    'none',
    source,
    join(here, 'to'),
  ]);
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  const { schema, type, profile, candidates, plan } = JSON.parse(stdout);
  assert.deepEqual({ schema, type }, { schema: 1, type: 'analysis' });
  assert.deepEqual([profile.files, profile.bytes], [3, 5001]);
  assert.equal(candidates.length, 5);
  assert.equal(plan.legs[0].engine, 'parallel');
});

test('analyze counts only what the rules keep', () => {
  const { stdout } = difpipe(['analyze', '--json', '--progress', 'none', '--exclude', 'sub/b', source]);
  assert.equal(JSON.parse(stdout).profile.files, 2);
});

test('analyze tells what a destination lacks, and what is in another state there', () => {
  const dest = join(here, 'other');
  fs.utimesSync(join(source, 'sub/c'), 1e9, 1e9);
  fs.cpSync(source, dest, { recursive: true, preserveTimestamps: true });
  fs.rmSync(join(dest, 'a'));
  fs.writeFileSync(join(dest, 'sub/b'), 'older');
  const before = fs.readdirSync(join(dest, 'sub'));
  const analyze = (...flags: string[]) => difpipe(['analyze', '--progress', 'none', ...flags, source, dest]);
  const { tally, plan } = JSON.parse(analyze('--json').stdout);
  assert.deepEqual([tally.copied, tally.updated, tally.skipped], [2, 1, 1]);
  assert.deepEqual([plan.legs[0].bytes, plan.legs[0].basis], [5001, 'default']);
  assert.match(analyze().stdout, /new +1 file, 1 B\n +changed +1 file, 5\.00 KB\n/);
  assert.deepEqual([fs.readdirSync(dest), fs.readdirSync(join(dest, 'sub'))], [['sub'], before]);
});

test('analyze --quiet prints nothing but failures, and -v each of them', () => {
  const list = join(here, 'many');
  fs.writeFileSync(list, Array.from({ length: 60 }, (_, at) => `nowhere ${at}\n`).join(''));
  const of = (...flags: string[]) => difpipe(['analyze', '--files-from', list, source, ...flags]);
  const count = (text: string) => text.split('\n').filter((line) => line.includes('nowhere')).length;
  assert.deepEqual([of('--quiet').stdout, count(of('--quiet').stderr), of('--quiet').status], ['', 50, 3]);
  assert.equal(count(of('-v').stderr), 60);
  assert.equal(difpipe(['analyze', '--quiet', source]).stdout, '');
});

test('analyze says what it could not look at, and ends with 3', () => {
  const list = join(here, 'list');
  fs.writeFileSync(list, 'a\nnowhere\n');
  for (const dest of [[], [join(here, 'to')]]) {
    const { status, stdout, stderr } = difpipe(['analyze', '--files-from', list, source, ...dest]);
    assert.equal(status, 3);
    assert.match(stdout, /1 file, 1 B.*\n {2}1 entry could not be looked at/);
    assert.match(stderr, /nowhere/);
  }
  fs.rmSync(list);
});
