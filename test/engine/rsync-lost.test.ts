/** What the destination cannot keep is counted by rsync as an engine, and nothing else is taken for that. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { mounted } from '../survive/ground.ts';
import { run, workspace } from './run.ts';

const skip = needs('rsync', 'root', 'setpriv');
const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

function ground(...names: readonly string[]) {
  const at = workspace();
  const [source, dest, state] = ['from', 'to', 'state'].map((name) => join(at, name));
  for (const name of names) write(join(source!, name), 'newer');
  fs.mkdirSync(dest!);
  const words = ['transfer', '--strategy', 'rsync', source!, dest!];
  const go = (under: readonly string[] = [], ...flags: string[]) =>
    run(state!, [...words, ...flags], { under });
  return { at, source: source!, dest: dest!, go };
}

function write(file: string, content: string): void {
  fs.mkdirSync(dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}

test('a file that may not be replaced has failed, whatever its path is called', { skip }, async () => {
  const names = ['xattr/f', 'of acl/f', 'mknod/f', 'set_acl: (/f', 'plain/f'];
  const { at, source, dest, go } = ground(...names);
  for (const name of names) write(join(dest, name), 'old');
  for (const dir of names.map(dirname).flatMap((dir) => [join(source, dir), join(dest, dir)])) {
    fs.chmodSync(dir, 0o1777); // only who owns the file may replace it
    fs.utimesSync(dir, 1e9, 1e9);
  }
  fs.chmodSync(at, 0o777);
  fs.chownSync(dest, 65534, 65534);
  const ran = await go(nobody);
  assert.equal(ran.status, 3, ran.stderr);
  const denied = ran.failed.map(({ path, kind, message }) => [path, kind, message]);
  const why = 'cannot write it at the destination: operation not permitted';
  assert.deepEqual(denied.sort(), names.map((name) => [name, 'denied', why]).sort());
  assert.equal(ran.summary!.tally.copied, 0);
  for (const name of names) assert.equal(fs.readFileSync(join(dest, name), 'utf8'), 'old');
});

test('attributes that a file system has no place for are counted, of new files and of what is there', {
  skip: skip || needs('loop', 'xattrs'),
}, async () => {
  const names = ['a', 'xattr "quoted"', 'dir/acl, of (it)'];
  const { source, dest, go } = ground(...names);
  for (const path of names.map((name) => join(source, name))) {
    execFileSync('setfattr', ['-n', 'user.x', '-v', 'y', path]);
    execFileSync('setfacl', ['-m', 'u:1:r', path]);
  }
  execFileSync('setfacl', ['-m', 'u:1:r', source, join(source, 'dir')]);
  using _ = mounted(dest, '-t', 'ramfs', 'none');
  for (const copied of [3, 0]) {
    const ran = await go();
    assert.equal(ran.status, 0, ran.stderr);
    assert.deepEqual(ran.summary!.notices, { xattr: 3, acl: 5 });
    assert.equal(ran.summary!.tally.copied, copied);
  }
  for (const name of names) assert.equal(fs.readFileSync(join(dest, name), 'utf8'), 'newer');
});

for (const [name, flags] of Object.entries({ transfer: [], 'dry run': ['--dry-run'] }))
  test(`a device that only root may make is counted, and is not the same: ${name}`, { skip }, async () => {
    const { at, source, dest, go } = ground('f');
    execFileSync('mknod', [join(source, 'null'), 'c', '1', '3']);
    execFileSync('mkfifo', [join(source, 'fifo')]);
    fs.chmodSync(at, 0o777);
    for (const path of [source, dest, ...['f', 'fifo', 'null'].map((entry) => join(source, entry))])
      fs.chownSync(path, 65534, 65534);
    const ran = await go(nobody, ...flags);
    assert.equal(ran.status, 0, ran.stderr);
    assert.deepEqual(ran.summary!.notices, { special: 1 });
    const { copied, made, skipped } = ran.summary!.tally;
    assert.deepEqual([copied, made, skipped], [1, 1, 0]);
  });

test('--chown by a user who gives no files away is said', { skip }, async () => {
  const { at, source, dest, go } = ground('f');
  fs.chmodSync(at, 0o777);
  for (const path of [source, dest, join(source, 'f')]) fs.chownSync(path, 65534, 65534);
  const ran = await go(nobody, '--rsync-option=--chown=1:65534');
  assert.equal(ran.status, 0, ran.stderr);
  assert.deepEqual(ran.summary!.notices, { owner: 1 });
  assert.equal(fs.statSync(join(dest, 'f')).uid, 65534);
});

test("modes, times and groups of what is somebody else's are counted as not kept, as between places here", {
  skip,
}, async () => {
  const inGroup = ['setpriv', '--reuid=65534', '--regid=65534', '--groups=1'];
  const said = async (...strategy: string[]) => {
    const { at, source, dest, go } = ground('d/f', 'e/f', 'g');
    for (const path of ['d/f', 'e/f']) fs.chownSync(join(source, path), 65534, 65534);
    execFileSync('cp', ['-a', `${source}/.`, dest]);
    for (const path of ['', 'd', 'e', 'g']) fs.chmodSync(join(dest, path), 0o777);
    for (const path of ['', 'd']) fs.utimesSync(join(source, path), 1e9, 1e9);
    fs.chownSync(join(source, 'e'), 0, 1);
    fs.chmodSync(at, 0o777);
    const { status, stderr, summary } = await go(inGroup, ...strategy);
    assert.equal(status, 0, stderr);
    const { repaired, failed } = summary!.tally;
    assert.deepEqual([repaired, failed], [0, 0], stderr);
    return summary!.notices;
  };
  const here = await said('--strategy', 'parallel');
  assert.deepEqual(here, { mode: 4, times: 2, owner: 1 });
  assert.deepEqual(await said('--strategy', 'rsync'), here);
});
