import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { exitCodeOf, TransferError } from '../../src/errors.ts';
import { makeRoutesDir, routeFiles } from '../../src/journal/file/files.ts';
import { type Holder, readHolder, thisHolder } from '../../src/journal/holder.ts';
import { listRuns } from '../../src/journal/list.ts';
import { openJournal } from '../../src/journal/open.ts';
import { route, scratch, start } from './fixture.ts';
import { type Child, startChild } from './process.ts';

/** A child that waits for its word; what it says next is how it went. */
async function waiting(stateDir: string): Promise<Child> {
  const child = startChild(['hold', stateDir]);
  assert.equal(await child.next(), 'ready');
  return child;
}

async function go(child: Child): Promise<string> {
  child.process.stdin.write('go\n');
  return (await child.next())!;
}

async function holding(stateDir: string): Promise<{ child: Child; run: string }> {
  const child = await waiting(stateDir);
  const said = await go(child);
  assert.match(said, /^won /);
  return { child, run: said.slice(4) };
}

test('lock: a second process is told who holds the route, and exits 6', async () => {
  using dir = scratch();
  const { child, run } = await holding(dir.path);
  assert.throws(
    () => openJournal(dir.path, route),
    (error: TransferError) => {
      assert.equal(exitCodeOf(error), 6);
      const who = new RegExp(
        `^run ${run} \\(process ${child.process.pid}\\) on .* since \\d{4}-\\d\\d-\\d\\dT`,
      );
      assert.match(error.message, who);
      return true;
    },
  );
  await child.kill();
});

test('lock: what a killed process held is taken over, and its run has stopped', async () => {
  using dir = scratch();
  const { child, run } = await holding(dir.path);
  await child.kill();
  using journal = openJournal(dir.path, route);
  assert.deepEqual([journal.unfinishedRun()!.id, journal.unfinishedRun()!.state], [run, 'stopped']);
  assert.equal(journal.rescued, undefined);
});

test('lock: of many that want what a dead process held, one gets it', async () => {
  using dir = scratch();
  const { child } = await holding(dir.path);
  await child.kill();
  for (let round = 0; round < 2; round++) {
    const rivals = await Promise.all(Array.from({ length: 8 }, () => waiting(dir.path)));
    const said = await Promise.all(rivals.map(go));
    const kinds = said.map((line) => line.split(' ')[0]).sort();
    assert.deepEqual(kinds, [...Array(7).fill('locked'), 'won']);
    await Promise.all(rivals.map((rival) => rival.kill()));
  }
});

test('lock: a process that ends lets go', async () => {
  using dir = scratch();
  const { child } = await holding(dir.path);
  child.process.stdin.end();
  assert.equal(await child.next(), undefined);
  openJournal(dir.path, route)[Symbol.dispose]();
});

test('lock: it outlives readers of the same database in the same process', async () => {
  using dir = scratch();
  using journal = openJournal(dir.path, route);
  journal.startRun(start);
  assert.equal(listRuns(dir.path).runs[0]!.state, 'running');
  const rival = await waiting(dir.path);
  assert.match(await go(rival), /^locked run/);
  await rival.kill();
});

const me = thisHolder();
const stale: Readonly<Record<string, Holder | string>> = {
  'a pid that belongs to another process now': { ...me, pid: process.ppid, startTime: '1' },
  'a pid before the machine was started again': { ...me, pid: process.ppid, bootId: 'another' },
  'a pid that is not there': { ...me, pid: 2 ** 30 },
  nobody: 'null',
  'no JSON': '{"pid": 1',
};
for (const [what, holder] of Object.entries(stale)) {
  test(`lock: taken over where the holder's file names ${what}`, () => {
    using dir = scratch();
    const files = routeFiles(makeRoutesDir(dir.path), route.key);
    writeFileSync(files.holder, typeof holder === 'string' ? holder : JSON.stringify(holder));
    using journal = openJournal(dir.path, route);
    assert.equal(readHolder(files.holder)!.pid, process.pid);
    const run = journal.startRun(start);
    assert.equal(readHolder(files.holder)!.run, run);
  });
}

test('lock: a lock file full of garbage locks as well', () => {
  using dir = scratch();
  const files = routeFiles(makeRoutesDir(dir.path), route.key);
  writeFileSync(files.lock, 'garbage'.repeat(1000));
  using _journal = openJournal(dir.path, route);
  assert.throws(() => openJournal(dir.path, route), TransferError);
});
