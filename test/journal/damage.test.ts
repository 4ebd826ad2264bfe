import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { TransferError } from '../../src/errors.ts';
import { type RouteFiles, routeFiles, routesDir } from '../../src/journal/file/files.ts';
import { connect } from '../../src/journal/file/sqlite.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { listRuns } from '../../src/journal/list.ts';
import { openJournal } from '../../src/journal/open.ts';
import { commitOf, leftOf, route, scratch, seeded, start } from './fixture.ts';
import { startChild } from './process.ts';

// A process commits and is killed; copies of what it left are damaged in many ways and opened. Each must be set
// aside, or be in a state that the process was in: a Part forgotten too early would be a file that never arrives.

/** As `child.ts commits` left it, the last commit it was promised, the same after it was shut in order, and the last Part then. */
type Sample = Readonly<Record<'unclean' | 'clean', string> & Record<'promised' | 'newest', number>>;

const base = scratch();
const sample: { -readonly [Key in keyof Sample]: Sample[Key] } = {
  unclean: '',
  clean: '',
  promised: 0,
  newest: 0,
};

before(async () => {
  sample.unclean = join(base.path, 'unclean');
  sample.clean = join(base.path, 'clean');
  const child = startChild(['commits', sample.unclean, '9000']); // enough for checkpoints in between
  for (let n = 1; n <= 600; n++) sample.promised = Number(await child.next());
  await child.kill();
  copyRoute(sample.unclean, sample.clean);
  using journal = openJournal(sample.clean, route);
  sample.newest = [...journal.pendingParts()].at(-1)!.id; // on a busy machine the process had gone far beyond what was read
});

process.on('exit', () => base[Symbol.dispose]());

function filesIn(stateDir: string): RouteFiles {
  return routeFiles(routesDir(stateDir), route.key);
}

function copyRoute(from: string, to: string): void {
  mkdirSync(routesDir(to), { recursive: true });
  const [there, here] = [filesIn(from), filesIn(to)];
  copyFileSync(there.db, here.db);
  if (existsSync(there.wal)) copyFileSync(there.wal, here.wal);
}

/** Damages a copy, opens it, and returns what was said of it. */
function opened(from: string, damage: (files: RouteFiles) => void): string | undefined {
  using dir = scratch();
  copyRoute(from, dir.path);
  damage(filesIn(dir.path));
  listRuns(dir.path); // reading it never throws, whatever it finds
  using journal = openJournal(dir.path, route);
  if (journal.rescued === undefined) assertOneOfItsStates(journal);
  else assertFresh(journal, dir.path);
  return journal.rescued;
}

function assertOneOfItsStates(journal: Journal): void {
  const last = journal.lastRun();
  const ids = [...journal.pendingParts()].map(({ id }) => id);
  const newest = ids.at(-1) ?? 0;
  const first = Math.max(1, newest - 9);
  assert.deepEqual(
    ids,
    ids.map((_, i) => first + i),
  );
  assert.equal(ids.length, Math.min(newest, 10));
  assert.equal(last?.walkEnded ?? false, newest > 0);
  assertLeft(journal);
}

/** What is known of the destination is right, or unknown, or found to be damaged when it is read. */
function assertLeft(journal: Journal): void {
  try {
    for (let n = 1n; n <= 700n; n++) {
      const rows = journal.leftOf(n);
      if (rows.length > 0) assert.deepEqual(rows, [leftOf(n, 0)]);
    }
  } catch (error) {
    if (!(error instanceof TransferError) || error.kind !== 'corrupt') throw error;
  }
}

function assertFresh(journal: Journal, stateDir: string): void {
  assert.deepEqual(journal.runs(), []);
  assert.deepEqual([...journal.pendingParts()], []);
  assert.deepEqual(journal.leftOf(1n), []);
  const name = /kept as (\S+\.db\.damaged-\w+),/.exec(journal.rescued!)![1]!;
  const there = readdirSync(routesDir(stateDir)).filter((each) => each.startsWith(name));
  assert.ok(there.length > 0);
}

function flip(path: string, offset: number, bit: number): void {
  const bytes = readFileSync(path);
  bytes[offset]! ^= 1 << bit;
  writeFileSync(path, bytes);
}

describe('damage to a Journal that was shut in order', () => {
  test('a bit flipped in any byte of its header', () => {
    const random = seeded(1);
    for (let offset = 0; offset < 100; offset++) {
      opened(sample.clean, ({ db }) => flip(db, offset, random(8)));
    }
  });

  test('a bit flipped in its pages', () => {
    const random = seeded(2);
    const bytes = statSync(filesIn(sample.clean).db).size;
    const said = Array.from({ length: 150 }, () => {
      return opened(sample.clean, ({ db }) => flip(db, random(bytes), random(8)));
    });
    assert.ok(said.some((why) => why !== undefined));
  });

  test('a bit flipped where names, ranges and checkpoints of Parts are', () => {
    const random = seeded(3);
    const names = readFileSync(filesIn(sample.clean).db).lastIndexOf(Buffer.alloc(100, sample.newest));
    for (let i = 0; i < 20; i++) {
      const why = opened(sample.clean, ({ db }) => flip(db, names + random(100), random(8)));
      assert.match(why!, /a part in it is not what was written/);
    }
  });

  test('truncated anywhere', () => {
    const random = seeded(4);
    const bytes = statSync(filesIn(sample.clean).db).size;
    for (const size of [0, 1, 99, 100, 4095, 4096, bytes - 4096, bytes - 1]) {
      assert.ok(opened(sample.clean, ({ db }) => truncateSync(db, size)));
    }
    for (let i = 0; i < 40; i++) assert.ok(opened(sample.clean, ({ db }) => truncateSync(db, random(bytes))));
  });

  test('overwritten anywhere', () => {
    const random = seeded(8);
    const bytes = readFileSync(filesIn(sample.clean).db);
    for (let i = 0; i < 40; i++) {
      const at = random(bytes.length);
      const smeared = Buffer.from(bytes).fill(random(2) * 255, at, Math.min(bytes.length, at + random(5000)));
      opened(sample.clean, ({ db }) => writeFileSync(db, smeared));
    }
  });

  test('another file in its place', () => {
    assert.match(
      opened(sample.clean, ({ db }) => writeFileSync(db, 'SQLite it is not'))!,
      /it is not a Journal/,
    );
    assert.match(
      opened(sample.clean, ({ db }) => writeFileSync(db, Buffer.alloc(9999, 7)))!,
      /it is not a Journal/,
    );
    const other = opened(sample.clean, ({ db }) => {
      truncateSync(db, 0);
      using made = connect(db, { readonly: false, waitMs: 0 });
      made.exec('CREATE TABLE other (x)');
    });
    assert.match(other!, /it is not a Journal/);
  });

  test('written by a newer difpipe', () => {
    const why = opened(sample.clean, ({ db }) => {
      using there = connect(db, { readonly: false, waitMs: 0 });
      there.pragma('user_version = 999');
    });
    assert.match(why!, /a newer difpipe wrote it/);
  });

  test('without a table, or with one of its columns called otherwise', () => {
    for (const change of [
      'DROP TABLE parts',
      'ALTER TABLE runs RENAME COLUMN body TO bodi',
      'DELETE FROM route',
    ]) {
      const why = opened(sample.clean, ({ db }) => {
        using there = connect(db, { readonly: false, waitMs: 0 });
        there.exec(change);
      });
      assert.ok(why, change);
    }
  });

  test('without one of its Parts, or with one from another time', () => {
    for (const change of [
      'DELETE FROM parts WHERE id = (SELECT max(id) FROM parts)',
      'UPDATE parts SET id = id + 1000',
    ]) {
      const why = opened(sample.clean, ({ db }) => {
        using there = connect(db, { readonly: false, waitMs: 0 });
        there.exec(change);
      });
      assert.match(why!, /part/);
    }
  });
});

describe('damage to a Journal whose process was killed', () => {
  test('none: all of it is there', () => {
    using dir = scratch();
    copyRoute(sample.unclean, dir.path);
    using journal = openJournal(dir.path, route);
    assert.equal(journal.rescued, undefined);
    assert.ok([...journal.pendingParts()].at(-1)!.id >= sample.promised);
  });

  test('without its WAL', () => {
    const gone = ({ wal }: RouteFiles) => truncateSync(wal, 0);
    assert.match(opened(sample.unclean, gone)!, /its WAL is gone/);
  });

  test('without its WAL, after the first change to one that was shut', () => {
    using dir = scratch();
    using left = scratch();
    copyRoute(sample.clean, dir.path);
    using journal = openJournal(dir.path, route);
    journal.startRun(start);
    copyRoute(dir.path, left.path);
    assert.match(opened(left.path, ({ wal }) => truncateSync(wal, 0))!, /its WAL is gone/);
  });

  test('garbage for a WAL, or only its header', () => {
    const garbage = ({ wal }: RouteFiles) => writeFileSync(wal, Buffer.alloc(statSync(wal).size, 0x5a));
    assert.match(opened(sample.unclean, garbage)!, /its WAL is not what was written/);
    opened(sample.unclean, ({ wal }) => truncateSync(wal, 32));
  });

  test('only the WAL is there', () => {
    assert.match(opened(sample.unclean, ({ db, wal }) => onlyWal(db, wal))!, /only its WAL/);
  });

  test('a bit flipped in its WAL', () => {
    const random = seeded(5);
    const bytes = statSync(filesIn(sample.unclean).wal).size;
    const flips = Array.from({ length: 60 }, () => random(bytes));
    for (const offset of [...Array(32).keys(), ...flips]) {
      opened(sample.unclean, ({ wal }) => flip(wal, offset, random(8)));
    }
  });

  test('its WAL truncated anywhere', () => {
    const random = seeded(6);
    const bytes = statSync(filesIn(sample.unclean).wal).size;
    for (let i = 0; i < 40; i++) opened(sample.unclean, ({ wal }) => truncateSync(wal, random(bytes)));
  });

  test('a bit flipped in the database beneath its WAL', () => {
    const random = seeded(7);
    const bytes = statSync(filesIn(sample.unclean).db).size;
    for (let i = 0; i < 60; i++) opened(sample.unclean, ({ db }) => flip(db, random(bytes), random(8)));
  });
});

function onlyWal(db: string, wal: string): void {
  rmSync(db);
  assert.ok(existsSync(wal));
}

test('damage in use is said, set aside, and the next Journal is fresh', () => {
  using dir = scratch();
  const many = Array.from({ length: 300 }, (_, n) => leftOf(BigInt(n), 0, 'x'.repeat(60_000))); // more than is cached
  {
    using journal = openJournal(dir.path, route);
    journal.startRun(start);
    journal.commit(commitOf({ left: many }));
  }
  {
    using journal = openJournal(dir.path, route);
    scribble(filesIn(dir.path).db);
    const readAll = () => many.map((row) => journal.leftOf(row.dir));
    assert.throws(readAll, (error: TransferError) => {
      assert.equal(error.kind, 'corrupt');
      assert.match(error.hint!, /kept as .*damaged-.*run it again/);
      return true;
    });
    assert.throws(() => journal.startRun(start), TransferError);
  }
  using journal = openJournal(dir.path, route);
  assert.deepEqual(journal.runs(), []);
});

/** In another process, because closing a file drops the locks that this one has on it. */
function scribble(path: string): void {
  const script = `const fs = require('fs'); const fd = fs.openSync(${JSON.stringify(path)}, 'r+');
    const { size } = fs.fstatSync(fd);
    fs.writeSync(fd, Buffer.alloc(size - 8192, 0x5a), 0, size - 8192, 8192);`;
  execFileSync(process.execPath, ['-e', script]);
}

test('damage: of what was set aside the last three are kept', () => {
  using dir = scratch();
  for (let i = 0; i < 5; i++) {
    openJournal(dir.path, route)[Symbol.dispose]();
    writeFileSync(filesIn(dir.path).db, 'no');
    writeFileSync(filesIn(dir.path).wal, 'no');
  }
  const aside = readdirSync(routesDir(dir.path)).filter((name) => name.includes('.damaged-'));
  assert.equal(aside.filter((name) => !name.endsWith('-wal')).length, 3);
  assert.equal(aside.filter((name) => name.endsWith('-wal')).length, 3);
});

test('damage to what another run may believe of the destination: it looks', () => {
  using dir = scratch();
  copyRoute(sample.unclean, dir.path);
  const { wal } = filesIn(dir.path);
  flip(wal, lastFrameOf(wal) + 100, 1);
  using journal = openJournal(dir.path, route);
  assert.equal(journal.rescued, undefined);
  assert.ok(journal.trustedRuns > 1000);
});

/** Where the last frame of the newest generation begins. */
function lastFrameOf(wal: string): number {
  const bytes = readFileSync(wal);
  const frame = 24 + bytes.readUInt32BE(8);
  let at = 32;
  while (
    bytes.length >= at + 2 * frame &&
    bytes.compare(bytes, 16, 24, at + frame + 8, at + frame + 16) === 0
  )
    at += frame;
  return at;
}
