import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { exitCodeOf, type Kind, TransferError } from '../../src/errors.ts';
import type { RouteNames } from '../../src/journal/backing.ts';
import { openDryJournal } from '../../src/journal/dry.ts';
import { routeFiles, routesDir } from '../../src/journal/file/files.ts';
import { forgetRun } from '../../src/journal/forget.ts';
import { failuresOf, findRun, listRuns } from '../../src/journal/list.ts';
import { openJournal } from '../../src/journal/open.ts';
import type { Failure } from '../../src/report/events.ts';
import { commitOf, endOf, leftOf, partOf, route, routeOf, scratch, start } from './fixture.ts';
import { startChild } from './process.ts';

const failure: Failure = { path: Buffer.from('x'), kind: 'io', message: 'cannot read', hint: undefined };

function ran(stateDir: string, on: RouteNames): string {
  using journal = openJournal(stateDir, on);
  const id = journal.startRun(start);
  journal.commit(commitOf({ failures: [failure], left: [leftOf(1n, 0)] }));
  journal.endRun(endOf({ state: 'partial' }));
  return id;
}

function statesIn(stateDir: string): string[] {
  return listRuns(stateDir).runs.map(({ state }) => state);
}

function kindIs(kind: Kind): (error: unknown) => boolean {
  return (error) => error instanceof TransferError && error.kind === kind;
}

test('listRuns() gives the runs of all routes, the newest first', () => {
  using dir = scratch();
  const other = routeOf('/other', '/to');
  const ids = [ran(dir.path, route), ran(dir.path, other), ran(dir.path, route)];
  const { runs, damaged } = listRuns(dir.path);
  assert.deepEqual(runs.map(({ id }) => id).sort(), ids.sort());
  assert.deepEqual(
    runs.map(({ startedMs }) => startedMs),
    runs.map(({ startedMs }) => startedMs).sort((a, b) => b - a),
  );
  assert.equal(runs.find(({ source }) => source === '/other')!.key, other.key);
  assert.deepEqual(damaged, []);
});

test('lastRun() is the one that began last, even if the clock was set back', ({ mock }) => {
  using dir = scratch();
  ran(dir.path, route);
  mock.timers.enable({ apis: ['Date'], now: Date.now() - 86_400_000 });
  const id = ran(dir.path, route);
  using journal = openJournal(dir.path, route);
  assert.equal(journal.lastRun()!.id, id);
});

test('listRuns() of a state directory that is not there is empty, and makes none', () => {
  using dir = scratch();
  const none = `${dir.path}/none`;
  assert.deepEqual(listRuns(none), { runs: [], damaged: [] });
  assert.equal(existsSync(none), false);
});

test('listRuns() shows a live run with its process, and a dead one as stopped', async () => {
  using dir = scratch();
  const child = startChild(['hold', dir.path]);
  await child.next();
  child.process.stdin.write('go\n');
  const id = (await child.next())!.slice(4);
  const [run] = listRuns(dir.path).runs;
  assert.deepEqual([run!.id, run!.state, run!.pid], [id, 'running', child.process.pid]);
  await child.kill();
  const [dead] = listRuns(dir.path).runs;
  assert.deepEqual([dead!.state, dead!.pid], ['stopped', undefined]);
});

test('listRuns() names what is damaged and lists the rest', () => {
  using dir = scratch();
  ran(dir.path, route);
  const other = routeOf('/other', '/to');
  ran(dir.path, other);
  const { db } = routeFiles(routesDir(dir.path), other.key);
  writeFileSync(db, 'garbage');
  const { runs, damaged } = listRuns(dir.path);
  assert.deepEqual([runs.length, damaged], [1, [db]]);
});

test('findRun() takes an id or the only start of one', () => {
  using dir = scratch();
  const [first, second] = [ran(dir.path, route), ran(dir.path, route)] as [string, string];
  assert.equal(findRun(dir.path, first)!.id, first);
  assert.equal(findRun(dir.path, 'x'), undefined);
  const common = first.slice(0, 9);
  assert.throws(
    () => findRun(dir.path, common),
    (error: TransferError) => {
      assert.equal(exitCodeOf(error), 2);
      assert.ok(error.hint!.includes(first) && error.hint!.includes(second));
      return true;
    },
  );
});

test('failuresOf() gives what failed in a run, without its lock', () => {
  using dir = scratch();
  const id = ran(dir.path, route);
  using _journal = openJournal(dir.path, route);
  assert.deepEqual([...failuresOf(dir.path, findRun(dir.path, id)!)], [failure]);
});

test('forgetRun() forgets one run, and the route with its last one', () => {
  using dir = scratch();
  const [first, second] = [ran(dir.path, route), ran(dir.path, route)] as [string, string];
  const { db } = routeFiles(routesDir(dir.path), route.key);
  assert.deepEqual(forgetRun(dir.path, first), { id: first, route: false });
  {
    using journal = openJournal(dir.path, route);
    assert.deepEqual(
      journal.runs().map(({ id }) => id),
      [second],
    );
    assert.deepEqual([...journal.failures(first)], []);
    assert.deepEqual(journal.leftOf(1n), [leftOf(1n, 0)]);
  }
  assert.deepEqual(forgetRun(dir.path, second), { id: second, route: true });
  assert.equal(existsSync(db), false);
  assert.deepEqual(statesIn(dir.path), []);
  using journal = openJournal(dir.path, route);
  assert.deepEqual([journal.rescued, journal.leftOf(1n)], [undefined, []]);
});

test('forgetRun() of an unfinished run forgets what was left to do', () => {
  using dir = scratch();
  ran(dir.path, route);
  const id = startedAndLeft(dir.path);
  forgetRun(dir.path, id);
  using journal = openJournal(dir.path, route);
  assert.deepEqual([journal.unfinishedRun(), [...journal.pendingParts()]], [undefined, []]);
});

function startedAndLeft(stateDir: string): string {
  using journal = openJournal(stateDir, route);
  const id = journal.startRun(start);
  journal.commit(commitOf({ added: [partOf(1)] }));
  return id;
}

test('forgetRun() is refused while the route is held, and for a run that is not there', () => {
  using dir = scratch();
  const id = ran(dir.path, route);
  assert.throws(() => forgetRun(dir.path, 'x'), kindIs('missing'));
  using _journal = openJournal(dir.path, route);
  assert.throws(() => forgetRun(dir.path, id), kindIs('locked'));
});

test('openDryJournal() knows what the last run left, beside a live run, and changes nothing', () => {
  using dir = scratch();
  const id = ran(dir.path, route);
  using live = openJournal(dir.path, route);
  live.trustedRuns = 3;
  {
    using dry = openDryJournal(dir.path, route);
    assert.equal(dry.lastRun()!.id, id);
    assert.equal(dry.trustedRuns, 3);
    assert.equal(dry.path, live.path);
    assert.deepEqual(dry.leftOf(1n), [leftOf(1n, 0)]);
    dry.startRun(start);
    dry.commit(commitOf({ left: [leftOf(1n, 0, 'dry')] }));
    assert.deepEqual(dry.leftOf(1n), [leftOf(1n, 0)]);
  }
  assert.deepEqual(
    live.runs().map((run) => run.id),
    [id],
  );
});

test('openDryJournal() makes nothing where nothing ran', () => {
  using dir = scratch();
  const none = `${dir.path}/none`;
  using dry = openDryJournal(none, route);
  dry.startRun(start);
  assert.deepEqual([dry.path, existsSync(none)], [undefined, false]);
});
