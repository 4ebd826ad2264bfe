import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { programWith } from '../built.ts';
import { needs } from '../peer.ts';
import { difpipe, directory, environment, objects } from './difpipe.ts';
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
  assert.match(stderr, /^compared 4 entries .*: 3 differences$/m); // of which what is on one side alone is none
  assert.deepEqual(names(dest), before);
  const oneWay = difpipe(['verify', '--no-preserve', 'times', '--one-way', source, dest]);
  assert.deepEqual([oneWay.status, oneWay.stdout.includes('extra')], [4, false]);
});

test('transfer --verify does not mind what else is at the destination', () => {
  const { source, dest } = copied();
  fs.writeFileSync(join(dest, 'gone from the source'), 'kept');
  assert.equal(difpipe(['transfer', '--verify', source, dest]).status, 0);
  assert.equal(difpipe(['verify', '--one-way', source, dest]).status, 0);
  assert.equal(difpipe(['verify', source, dest]).status, 4);
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

test('verify --checksum passes over what is a hole in both, and finds the one byte that is not', () => {
  const here = directory();
  const [source, dest] = [join(here, 'from'), join(here, 'to')];
  for (const [at, byte] of [
    [source, 'x'],
    [dest, 'y'],
  ] as const) {
    fs.mkdirSync(at);
    for (const name of ['differs', 'same']) fs.writeFileSync(join(at, name), '');
    for (const name of ['differs', 'same']) fs.truncateSync(join(at, name), 2 ** 43);
    const file = fs.openSync(join(at, 'differs'), 'r+');
    fs.writeSync(file, byte, 2 ** 42);
    fs.closeSync(file);
  }
  const words = ['verify', '--checksum', '--no-preserve', 'times', source, dest];
  const { status, stdout } = difpipe(words);
  assert.deepEqual({ status, stdout }, { status: 4, stdout: 'content  differs\n' });
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

test('transfer --verify says how much it compared', () => {
  const [source, dest] = [tree(join(directory(), 'from'), { a: 'aa', b: 'bbb' }), join(directory(), 'to')];
  const words = ['transfer', '--verify', source, dest];
  assert.match(difpipe(words).stderr, /^compared 3 entries \(5 B\): no difference$/m);
  const finished = objects(difpipe([...words, '--json']).stdout).at(-1)!;
  assert.deepEqual(finished.verified, { compared: 3, bytes: 5, differences: 0, failed: 0 });
  assert.equal(objects(difpipe(['transfer', '--json', source, dest]).stdout).at(-1)!.verified, null);
});

const nobody = 65_534;

/** The program run by somebody who may not read everything. */
function asNobody(words: readonly string[], home: string) {
  return spawnSync(...programWith(...words), {
    uid: nobody,
    gid: nobody,
    env: environment({ HOME: home, DIFPIPE_STATE_DIR: join(home, 'state') }),
    encoding: 'utf8',
  });
}

/** A tree of root's, of which nobody reads one file as one of its group, and a home of nobody's. */
function ofGroup() {
  const home = directory();
  fs.chownSync(home, nobody, nobody);
  fs.chmodSync(home, 0o755);
  const source = tree(join(home, 'from'), { same: 's', odd: 'o' });
  fs.chownSync(join(source, 'odd'), 0, nobody);
  fs.chmodSync(join(source, 'odd'), 0o040);
  return { home, source, dest: join(home, 'to') };
}

test('verify of what cannot be read names it, and does not say that all is there', {
  skip: needs('root'),
}, () => {
  const { home, source, dest } = ofGroup();
  fs.cpSync(source, dest, { recursive: true, preserveTimestamps: true });
  const words = ['verify', '--checksum', '--no-preserve', 'times,owner', source, dest];
  const { status, stderr } = asNobody(words, home);
  assert.equal(status, 3, stderr);
  assert.match(stderr, /^difpipe: odd: cannot read it: permission denied/m);
  assert.match(stderr, /: no difference, 1 entry not compared$/m);
  const verified = objects(asNobody([...words, '--json'], home).stdout).at(-1)!;
  assert.deepEqual([verified.type, verified.differences, verified.failed], ['verified', 0, 1]);
});

test('transfer --verify of a copy that cannot be read is partial', { skip: needs('root') }, () => {
  const { home, source, dest } = ofGroup();
  const { status, stderr } = asNobody(['transfer', '--verify', source, dest], home);
  assert.equal(status, 3, stderr);
  assert.match(stderr, /^difpipe: odd: cannot read it: permission denied/m);
  assert.match(stderr, /^partial: moved 2 files/m);
});
