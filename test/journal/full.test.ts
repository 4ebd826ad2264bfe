import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type Kind, TransferError } from '../../src/errors.ts';
import { learnCosts } from '../../src/journal/costs.ts';
import { routeFiles, routesDir } from '../../src/journal/file/files.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { openJournal } from '../../src/journal/open.ts';
import { needs } from '../peer.ts';
import { commitOf, costRow, partOf, route, scratch, start } from './fixture.ts';

/** A small file system in memory, of its own, until it is disposed of. */
function small(options: string): Disposable & { readonly path: string } {
  const dir = scratch();
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'difpipe', dir.path]);
  return {
    path: dir.path,
    [Symbol.dispose]() {
      execFileSync('umount', [dir.path]);
      dir[Symbol.dispose]();
    },
  };
}

function fill(dir: string): string {
  const path = join(dir, 'filler');
  const fd = fs.openSync(path, 'w');
  try {
    for (const block = Buffer.alloc(4096, 1); ; ) fs.writeSync(fd, block);
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
  } finally {
    fs.closeSync(fd);
  }
  return path;
}

function fails(kind: Kind, dir: string, work: () => unknown): void {
  assert.throws(work, (error: TransferError) => {
    assert.ok(error instanceof TransferError, String(error));
    assert.equal(error.kind, kind, error.message);
    assert.ok(error.message.startsWith(`cannot use the Journal in ${dir}`), error.message);
    assert.match(error.hint!, /--state-dir/);
    return true;
  });
}

function idsOf(journal: Journal): number[] {
  return [...journal.pendingParts()].map(({ id }) => id);
}

const large = (id: number) => partOf(id, { names: Buffer.alloc(50_000, id) });

describe('a full disk under the Journal', { skip: needs('root') }, () => {
  test('commit() says so, keeps what was kept, and goes on when there is room', () => {
    using dir = small('size=4m');
    {
      using journal = openJournal(dir.path, route);
      journal.startRun(start);
      journal.commit(commitOf({ added: [large(1)] }));
      const filler = fill(dir.path);
      fails('full', dir.path, () => {
        for (let id = 2; ; id++) journal.commit(commitOf({ added: [large(id)], done: [id - 1] }));
      });
      fs.rmSync(filler);
      assert.equal(idsOf(journal).length, 1);
      journal.commit(commitOf({ added: [large(1000)] }));
    }
    using journal = openJournal(dir.path, route);
    assert.equal(journal.rescued, undefined);
    assert.equal(idsOf(journal).at(-1), 1000);
  });

  test('what was committed before is there, even if the Journal is closed on a full disk', () => {
    using dir = small('size=4m');
    {
      using journal = openJournal(dir.path, route);
      journal.startRun(start);
      for (let id = 1; id < 20; id++) journal.commit(commitOf({ added: [large(id)] }));
      fill(dir.path);
    }
    fs.rmSync(join(dir.path, 'filler'));
    using journal = openJournal(dir.path, route);
    assert.equal(journal.rescued, undefined);
    assert.equal(idsOf(journal).length, 19);
  });

  for (const [what, options, leave] of [
    ['no room', 'size=1m', 0],
    ['no room for more than a page', 'size=1m', 4096],
    ['no room for more than a few pages', 'size=1m', 40_960],
    ['no inode', 'size=4m,nr_inodes=4', 0],
  ] as const) {
    test(`openJournal() with ${what} says so, and opens when there is`, () => {
      using dir = small(options);
      const filler = fill(dir.path);
      if (options.includes('inodes')) fs.truncateSync(filler, 0);
      else fs.truncateSync(filler, fs.statSync(filler).size - leave);
      fails('full', dir.path, () => {
        using journal = openJournal(dir.path, route);
        journal.startRun(start);
      });
      const left = fs.readdirSync(routesDir(dir.path)).filter((name) => name.includes('.new'));
      assert.deepEqual(left, []);
      if (options.includes('inodes')) return;
      fs.rmSync(filler);
      using journal = openJournal(dir.path, route);
      assert.equal(journal.rescued, undefined);
      journal.startRun(start);
    });
  }

  test('learnCosts() says so', () => {
    using dir = small('size=1m');
    const learn = (engine: string) => learnCosts(dir.path, [{ scope: 'machine', row: costRow(engine, 1) }]);
    learn('tar');
    fill(dir.path);
    fails('full', dir.path, () => learn('x'.repeat(9000)));
  });

  test('a read-only file system is named as such', () => {
    using dir = small('size=4m');
    openJournal(dir.path, route)[Symbol.dispose]();
    const { holder } = routeFiles(routesDir(dir.path), route.key);
    for (const left of [undefined, `${holder}.new`, holder]) {
      if (left !== undefined) fs.writeFileSync(left, '', { mode: 0o600 });
      execFileSync('mount', ['-o', 'remount,ro', dir.path]);
      fails('denied', dir.path, () => openJournal(dir.path, route));
      execFileSync('mount', ['-o', 'remount,rw', dir.path]);
    }
  });
});
