import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { difpipe, directory, objects } from './difpipe.ts';
import { names, tree } from './trees.ts';

/** A tree and a copy of it. */
function copied() {
  const here = directory();
  const source = tree(join(here, 'from'), { same: 's', 'sub/other': 'oo', 'odd\nname': 'x' });
  const dest = join(here, 'to');
  assert.equal(difpipe(['transfer', '--quiet', source, dest]).status, 0);
  return { source, dest };
}

test('verify finds no difference between a tree and its copy', () => {
  const { source, dest } = copied();
  for (const flags of [[], ['--checksum']]) {
    const { status, stdout, stderr } = difpipe(['verify', ...flags, source, dest]);
    assert.deepEqual({ status, stdout }, { status: 0, stdout: '' }, stderr);
    assert.match(stderr, /^compared \d+ entries \(.*\) in .*: no difference\n$/);
  }
});

test('verify prints what differs, one line each, exits 4 and changes nothing', () => {
  const { source, dest } = copied();
  fs.rmSync(join(dest, 'odd\nname'));
  fs.writeFileSync(join(dest, 'sub/extra'), '');
  fs.writeFileSync(join(dest, 'same'), 'longer');
  const before = names(dest);
  const { status, stdout, stderr } = difpipe(['verify', '--no-preserve', 'times', source, dest]);
  assert.equal(status, 4);
  assert.deepEqual(stdout.trimEnd().split('\n').sort(), [
    'extra    sub/extra',
    "missing  $'odd\\nname'",
    'size     same',
  ]);
  assert.match(stderr, /: 3 differences$/m);
  assert.deepEqual(names(dest), before);
});

test('verify --checksum finds other bytes of the same size and time', () => {
  const { source, dest } = copied();
  const { atime, mtime } = fs.statSync(join(source, 'same'));
  fs.writeFileSync(join(dest, 'same'), 'S');
  for (const root of [source, dest]) fs.utimesSync(join(root, 'same'), atime, mtime);
  const sub = ['--exclude', '/sub', '--exclude', 'odd*'];
  assert.equal(difpipe(['verify', ...sub, source, dest]).status, 0);
  const { status, stdout } = difpipe(['verify', '--checksum', ...sub, source, dest]);
  assert.deepEqual({ status, stdout }, { status: 4, stdout: 'content  same\n' });
});

test('verify --json gives an object for each difference and one at the end', () => {
  const { source, dest } = copied();
  fs.rmSync(join(dest, 'same'));
  const { status, stdout, stderr } = difpipe([
    'verify',
    '--json',
    '--progress',
    'none',
    '--no-preserve',
    'times',
    source,
    dest,
  ]);
  assert.deepEqual({ status, stderr }, { status: 4, stderr: '' });
  const [difference, verified] = objects(stdout).filter(({ type }) => type !== 'progress');
  assert.deepEqual(difference, { schema: 1, type: 'difference', path: 'same', what: ['missing'] });
  assert.deepEqual([verified!.type, verified!.differences], ['verified', 1]);
});

test('verify --quiet answers with its exit code only', () => {
  const { source, dest } = copied();
  assert.deepEqual(difpipe(['verify', '--quiet', source, dest]), { status: 0, stdout: '', stderr: '' });
  fs.rmSync(join(dest, 'same'));
  assert.deepEqual(difpipe(['verify', '--quiet', source, dest]), { status: 4, stdout: '', stderr: '' });
});

test('transfer --verify exits 4 only when the copy differs', () => {
  const { source, dest } = copied();
  assert.equal(difpipe(['transfer', '--verify', '--quiet', source, dest]).status, 0);
  const { atime, mtime } = fs.statSync(join(source, 'same'));
  fs.writeFileSync(join(dest, 'same'), 'S');
  for (const root of [source, dest]) fs.utimesSync(join(root, 'same'), atime, mtime);
  const { status, stdout, stderr } = difpipe(['transfer', '--verify', source, dest]);
  assert.deepEqual({ status, stdout }, { status: 4, stdout: 'content  same\n' }, stderr);
  assert.match(stderr, /^different: moved 0 files/m);
});
