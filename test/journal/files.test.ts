import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exitCodeOf, TransferError } from '../../src/errors.ts';
import { learnCosts } from '../../src/journal/costs.ts';
import { routeFiles, routesDir } from '../../src/journal/file/files.ts';
import { openJournal } from '../../src/journal/open.ts';
import { needs } from '../peer.ts';
import { costRow, route, routeOf, scratch, start } from './fixture.ts';

function modesIn(dir: string): Record<string, string> {
  const names = fs.readdirSync(dir).sort();
  const modeOf = (name: string) => (fs.lstatSync(join(dir, name)).mode & 0o7777).toString(8);
  return Object.fromEntries(names.map((name) => [name, modeOf(name)]));
}

test('files: only their owner may read them, whatever the umask', () => {
  using dir = scratch();
  const before = process.umask(0);
  try {
    const state = join(dir.path, 'deep', 'state');
    using journal = openJournal(state, route);
    journal.startRun(start);
    learnCosts(state, [{ scope: 'machine', row: costRow('tar', 1) }]);
    assert.deepEqual(modesIn(dir.path), { deep: '700' });
    assert.deepEqual(modesIn(join(dir.path, 'deep')), { state: '700' });
    assert.deepEqual(modesIn(state), { routes: '700' });
    const ends = ['db', 'db-shm', 'db-wal', 'lock', 'lockdb'];
    const expected = Object.fromEntries(ends.map((end) => [`${route.key}.${end}`, '600']));
    assert.deepEqual(modesIn(join(state, 'routes')), { ...expected, 'machine.db': '600' });
  } finally {
    process.umask(before);
  }
});

test('files: what others may read is closed to them', () => {
  using dir = scratch();
  openJournal(dir.path, route)[Symbol.dispose]();
  const files = routeFiles(routesDir(dir.path), route.key);
  fs.chmodSync(files.dir, 0o755);
  fs.chmodSync(files.db, 0o644);
  using _journal = openJournal(dir.path, route);
  assert.equal(fs.statSync(files.dir).mode & 0o777, 0o700);
  assert.equal(fs.statSync(files.db).mode & 0o777, 0o600);
});

test('files: nothing but the database and the empty lock stays', () => {
  using dir = scratch();
  {
    using journal = openJournal(dir.path, route);
    journal.startRun(start);
  }
  assert.deepEqual(fs.readdirSync(routesDir(dir.path)).sort(), [`${route.key}.db`, `${route.key}.lockdb`]);
});

function refuses(stateDir: string): void {
  assert.throws(
    () => openJournal(stateDir, route),
    (error) => error instanceof TransferError && exitCodeOf(error) === 5 && error.message.includes(stateDir),
  );
}

test('files: a state directory that is a symlink is refused', () => {
  using dir = scratch();
  const real = join(dir.path, 'real');
  openJournal(real, route)[Symbol.dispose]();
  const link = join(dir.path, 'link');
  fs.symlinkSync(real, link);
  refuses(link);
  const half = join(dir.path, 'half');
  fs.mkdirSync(half);
  fs.symlinkSync(join(real, 'routes'), join(half, 'routes'));
  refuses(half);
});

for (const end of ['db', 'wal', 'shm', 'lock'] as const) {
  test(`files: a symlink or a directory in place of the ${end} is refused, and not followed`, () => {
    using dir = scratch();
    openJournal(dir.path, route)[Symbol.dispose]();
    const path = routeFiles(routesDir(dir.path), route.key)[end];
    const target = join(dir.path, 'target');
    fs.rmSync(path, { force: true });
    fs.symlinkSync(target, path);
    refuses(dir.path);
    assert.equal(fs.existsSync(target), false);
    fs.rmSync(path);
    fs.mkdirSync(path);
    refuses(dir.path);
  });
}

test('files: a symlink in place of the holder is replaced, and not followed', () => {
  using dir = scratch();
  openJournal(dir.path, route)[Symbol.dispose]();
  const { holder } = routeFiles(routesDir(dir.path), route.key);
  const target = join(dir.path, 'target');
  fs.writeFileSync(target, 'theirs');
  fs.symlinkSync(target, holder);
  using journal = openJournal(dir.path, route);
  journal.startRun(start);
  assert.equal(fs.readFileSync(target, 'utf8'), 'theirs');
  assert.ok(fs.lstatSync(holder).isFile());
});

test('files: what belongs to another user is refused', { skip: needs('root') }, () => {
  for (const end of ['dir', 'db', 'lock'] as const) {
    using dir = scratch();
    openJournal(dir.path, route)[Symbol.dispose]();
    fs.chownSync(routeFiles(routesDir(dir.path), route.key)[end], 12345, 12345);
    refuses(dir.path);
  }
  using dir = scratch();
  fs.chownSync(dir.path, 12345, 12345);
  refuses(dir.path);
});

test('files: a file in place of the state directory is said to be one', () => {
  using dir = scratch();
  const file = join(dir.path, 'file');
  fs.writeFileSync(file, '');
  for (const path of [file, join(file, 'below')]) {
    assert.throws(
      () => openJournal(path, route),
      (error) => error instanceof TransferError && exitCodeOf(error) !== 1,
    );
  }
});

test('routeKey() is the same for the same two ends, and no other', () => {
  const keys = [routeOf('/a', '/b'), routeOf('/b', '/a'), routeOf('/a', '/bc'), routeOf('/ab', '/c')];
  assert.equal(new Set(keys.map(({ key }) => key)).size, 4);
  for (const { key } of keys) assert.match(key, /^[0-9a-f]{24}$/);
  assert.equal(routeOf('/a', '/b').key, keys[0]!.key);
});
