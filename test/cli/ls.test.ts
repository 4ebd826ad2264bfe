import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as net from 'node:net';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { programWith } from '../built.ts';
import { needs } from '../peer.ts';
import { difpipe, directory, environment, objects } from './difpipe.ts';
import { tree } from './trees.ts';

const here = tree(directory(), {
  'tree/b/file': 'below',
  'tree/a': 'x'.repeat(1234),
  'tree/.hidden': '',
  'tree/c/': '',
});
const root = join(here, 'tree');

before(async () => {
  fs.symlinkSync('b/file', join(root, 'link'));
  for (const mode of [0o0, 0o4755, 0o6711, 0o4644, 0o2064, 0o777]) {
    fs.writeFileSync(join(root, `mode ${mode.toString(8)}`), '');
    fs.chmodSync(join(root, `mode ${mode.toString(8)}`), mode);
  }
  fs.chmodSync(join(root, 'c'), 0o1776);
  execFileSync('mkfifo', [join(root, 'fifo')]);
  execFileSync('touch', ['-d', '1969-12-31 23:59:58.000000007 UTC', join(root, 'a')]);
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(join(root, 'listening'), resolve));
  fs.linkSync(join(root, 'listening'), join(root, 'socket'));
  await new Promise((resolve) => server.close(resolve));
});

/** What the system's ls says, without the columns that difpipe leaves out, single spaces between the others. */
function systemLs(path: string, TZ: string, owners = ''): string[] {
  const flags = ['-lAnU', '--time-style=full-iso', '--quoting-style=literal'];
  const listing = execFileSync('ls', [...flags, path], { encoding: 'utf8', env: { TZ, LC_ALL: 'C' } });
  const lines = listing.split('\n').filter((line) => line !== '' && !line.startsWith('total '));
  return lines
    .map((line) => line.replace(/^(\S{10})\S* +\d+ +(\d+) +(\d+) +(\d+, +\d+|\d+)/, `$1 ${owners}$4`))
    .map((line) =>
      line.replace(/^([^-bc].*) \d+ (\S+ \S+ [+-]\d{4} )/, '$1 - $2').replace(/(\d+), +(\d+)/, '$1, $2'),
    )
    .sort(byName);
}

function lines(stdout: string): string[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace(/^(\S+) +/, '$1 '));
}

/** Five columns, or six of a device, come before it. */
function byName(a: string, b: string): number {
  const name = (line: string) => line.replace(/^.*? [+-]\d{4} /, '');
  return Buffer.compare(Buffer.from(name(a)), Buffer.from(name(b)));
}

for (const TZ of ['America/St_Johns', 'Asia/Kathmandu']) {
  test(`difpipe ls says what ls -l says, in ${TZ}`, () => {
    const { status, stdout, stderr } = difpipe(['ls', root], { env: { TZ } });
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    assert.deepEqual(lines(stdout), systemLs(root, TZ));
  });
}

test('difpipe ls of devices gives their numbers', () => {
  const { stdout } = difpipe(['ls', '/dev/'], { env: { TZ: 'UTC' } });
  const devices = (all: string[]) =>
    all.filter((line) => /^[bc]/.test(line) && / (null|zero|full)$/.test(line));
  assert.equal(devices(lines(stdout)).length, 3);
  assert.deepEqual(devices(lines(stdout)), devices(systemLs('/dev/', 'UTC')));
});

test('difpipe ls of a file is one line, under its whole name', () => {
  const { stdout } = difpipe(['ls', 'tree/../tree/a'], { cwd: here });
  assert.match(stdout, /^-rw\S+ +1234 \S+ \S+ \S+ \/.*\/tree\/a\n$/);
  assert.equal(stdout.split('\n').length, 2);
});

test('difpipe ls follows the place itself, and no symlink in it', () => {
  fs.symlinkSync('tree', join(here, 'way'));
  assert.equal(difpipe(['ls', join(here, 'way')]).stdout, difpipe(['ls', root]).stdout);
  assert.match(difpipe(['ls', join(root, 'link')]).stdout, /^lrwx.* \/.*\/tree\/link -> b\/file\n$/);
});

test('difpipe ls takes the flags that hands type', () => {
  assert.equal(difpipe(['ls', '-aA1', root]).stdout, difpipe(['ls', root]).stdout);
});

test('difpipe ls --long says owners and groups by number, as ls -ln', { skip: needs('root') }, () => {
  const owned = tree(join(here, 'owned'), { root: '', other: 'x'.repeat(17), 'dir/': '' });
  fs.chownSync(join(owned, 'other'), 65_534, 4_294_967_294);
  const { stdout } = difpipe(['ls', '-la', owned], { env: { TZ: 'UTC' } });
  const said = lines(stdout).map((line) => line.replaceAll(/ {2,}/g, ' '));
  assert.deepEqual(said, systemLs(owned, 'UTC', '$2 $3 '));
});

test('difpipe ls --recursive lists each directory before what it holds, with paths', () => {
  const { status, stdout } = difpipe(['ls', '-R', root]);
  const named = stdout.split('\n').map((line) => line.slice(60));
  assert.equal(status, 0);
  assert.deepEqual(named.slice(0, 5), ['.hidden', 'a', 'b', 'b/file', 'c']);
  assert.equal(named.length, fs.readdirSync(root, { recursive: true }).length + 1);
});

test('difpipe ls --json gives every member, as find sees it', () => {
  const { status, stdout, stderr } = difpipe(['ls', '--json', '-R', root]);
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  const format = '%P\\0%s\\0%04m\\0%U\\0%G\\0%T+\\0%l\\n';
  const found = execFileSync('find', [root, '-mindepth', '1', '-printf', format], {
    encoding: 'utf8',
    env: { TZ: 'UTC' },
  });
  const wanted = found
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\0'));
  const listed = objects(stdout);
  assert.equal(listed.length, wanted.length);
  for (const [path, size, mode, uid, gid, time, target] of wanted) {
    const object = listed.find((one) => one.path === path)!;
    assert.equal(object.type, 'listed');
    assert.equal(object.mode, mode);
    assert.deepEqual([String(object.uid), String(object.gid)], [uid, gid]);
    assert.equal(object.modified, time!.replace('+', 'T').replace(/0$/, 'Z'));
    assert.equal(object.target, target || null);
    assert.equal(object.size, object.kind === 'file' ? Number(size) : null);
  }
});

test('difpipe ls shows hostile names so that nothing happens, and JSON keeps them exactly', () => {
  const hostile = join(here, 'hostile');
  fs.mkdirSync(hostile);
  const bytes = Buffer.from('caf\xe9\n\x1b[31m', 'latin1');
  fs.symlinkSync(bytes, Buffer.concat([Buffer.from(`${hostile}/`), bytes]));
  const shown = "$'caf\\351\\012\\033[31m'";
  const { stdout } = difpipe(['ls', hostile]);
  assert.match(stdout, /^[\x20-\x7e]+\n$/);
  assert.ok(stdout.endsWith(` ${shown} -> ${shown}\n`), stdout);
  const [object] = objects(difpipe(['ls', '--json', hostile]).stdout);
  assert.deepEqual([object!.path, object!.target], [shown, shown]);
  assert.equal(object!.pathBase64, bytes.toString('base64'));
  assert.equal(object!.targetBase64, bytes.toString('base64'));
});

test('difpipe ls of a place that is not there says so', () => {
  const { status, stderr } = difpipe(['ls', join(here, 'none')]);
  assert.deepEqual([status, stderr.split('\n').length], [2, 2]);
  assert.match(stderr, /^difpipe: there is no \/.*\/none\n$/);
});

test('difpipe ls names what it may not list, lists the rest and ends partial', {
  skip: needs('root'),
}, () => {
  const open = tree(join(here, 'open'), { 'locked/in': '', 'seen only/x': '', 'z/y': '' });
  fs.chmodSync(join(open, 'locked'), 0o700);
  fs.chmodSync(join(open, 'seen only'), 0o744);
  fs.chmodSync(here, 0o755);
  const asOther = (...words: string[]) =>
    spawnSync(...programWith('ls', '-R', ...words, open), {
      uid: 65_534,
      gid: 65_534,
      env: environment(),
      encoding: 'utf8',
    });
  const { status, stdout, stderr } = asOther();
  assert.equal(status, 3, stderr);
  assert.deepEqual(
    stdout.split('\n').map((line) => line.slice(60)),
    ['locked', 'seen only', 'z', 'z/y', ''],
  );
  assert.match(stderr, /^difpipe: cannot list \/.*\/open\/locked: permission denied; .*\n/);
  assert.match(stderr, /\ndifpipe: cannot look at '?\/.*\/open\/seen only\/x'?: permission denied; .*\n$/);
  const failed = objects(asOther('--json').stdout).filter(({ type }) => type === 'failed');
  assert.deepEqual(
    failed.map(({ path, kind }) => [path, kind]),
    [
      ['locked', 'denied'],
      ['seen only/x', 'denied'],
    ],
  );
});

test('difpipe ls lists a directory of more entries than it sorts', () => {
  const wide = join(here, 'wide');
  fs.mkdirSync(wide);
  fs.writeFileSync(join(wide, 'n0'), '');
  for (let i = 1; i < 10_100; i++) fs.linkSync(join(wide, 'n0'), join(wide, `n${i}`));
  const named = difpipe(['ls', wide])
    .stdout.split('\n')
    .map((line) => line.slice(60));
  assert.deepEqual(named.slice(0, -1).sort(), fs.readdirSync(wide).sort());
});
