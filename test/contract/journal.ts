import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Kind, TransferError } from '../../src/errors.ts';
import type { RouteNames } from '../../src/journal/backing.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { openLeftReader } from '../../src/journal/left-reader.ts';
import type { LeftRow, LinkGroup, PartRow } from '../../src/journal/types.ts';
import { emptyProfile, tallyFile } from '../../src/profile/profile.ts';
import { emptyTally, type Failure } from '../../src/report/events.ts';
import { commitOf, endOf, leftOf, linkOf, partOf, route, scratch, start } from '../journal/fixture.ts';

type Open = (stateDir: string, route: RouteNames) => Journal;

/** What any Journal promises while it is open, one for a dry run too. */
export function journalContract(name: string, open: Open): void {
  const promise = (what: string, check: (journal: Journal) => void) =>
    test(what, () => {
      using dir = scratch();
      using journal = open(dir.path, route);
      check(journal);
    });

  describe(name, () => {
    promise('startRun() gives an id that says when, and begins with nothing', (journal) => {
      const id = journal.startRun(start);
      assert.match(id, /^\d{8}-\d{4}-[0-9a-f]{6}$/);
      const run = journal.lastRun()!;
      assert.equal(run.id, id);
      assert.equal(run.state, 'running');
      assert.equal(run.source, '/from');
      assert.equal(run.dest, '/to');
      assert.equal(run.settings, start.settings);
      assert.equal(run.predictedMs, 1200);
      assert.equal(run.endedMs, undefined);
      assert.match(run.bootId, /^[0-9a-f-]{36}$/);
      assert.deepEqual(run.tally, emptyTally());
      assert.deepEqual(run.profile, emptyProfile());
      assert.deepEqual([...journal.pendingParts()], []);
      assert.deepEqual([...journal.linkGroups()], []);
    });

    promise('commit() keeps tally, profile, end of walk and count of failures', (journal) => {
      journal.startRun(start);
      const tally = { ...emptyTally(), copied: 3, copiedBytes: 2 ** 52 };
      const profile = emptyProfile();
      tallyFile(profile, 12345);
      profile.owners[1000] = 2;
      profile.changed = 7;
      journal.commit(commitOf({ tally, profile, walkEnded: true, failures: [failure(1), failure(2)] }));
      const run = journal.lastRun()!;
      assert.deepEqual(run.tally, tally);
      assert.deepEqual(run.profile, profile);
      assert.equal(run.walkEnded, true);
      assert.equal(run.failures, 2);
    });

    promise('commit() keeps Parts byte for byte until they are done', (journal) => {
      journal.startRun(start);
      const parts = [
        partOf(1),
        partOf(2, { ranges: Buffer.from([0, 255]) }),
        partOf(3, { dir: Buffer.alloc(0) }),
      ];
      journal.commit(commitOf({ added: parts }));
      assert.deepEqual(pending(journal), parts);
      journal.commit(commitOf({ done: [2], added: [partOf(4)] }));
      assert.deepEqual(idsOf(journal), [1, 3, 4]);
    });

    promise('commit() keeps the ranges of a Part, and forgets nothing that is not named', (journal) => {
      journal.startRun(start);
      journal.commit(commitOf({ added: [partOf(1), partOf(2)] }));
      journal.commit(commitOf({ ranges: [{ id: 2, ranges: Buffer.from([1]) }] }));
      journal.commit(commitOf({ ranges: [{ id: 2, ranges: Buffer.from([3]) }], done: [9, 9] }));
      assert.deepEqual(pending(journal), [partOf(1), partOf(2, { ranges: Buffer.from([3]) })]);
    });

    promise('commit() forgets before it keeps, so that a Part can be told anew', (journal) => {
      journal.startRun(start);
      journal.commit(commitOf({ added: [partOf(1)], links: [linkOf(1n, 'a')] }));
      const anew = partOf(1, { detail: '{"half":true}' });
      const linksDone = [{ device: 1n, inode: 1n }];
      journal.commit(commitOf({ done: [1], added: [anew], linksDone, links: [linkOf(1n, 'b')] }));
      assert.deepEqual(pending(journal), [anew]);
      assert.deepEqual(groupsOf(journal), ['1:1 b']);
    });

    promise('commit() keeps all of it or none', (journal) => {
      journal.startRun(start);
      journal.commit(commitOf({ added: [partOf(1)], links: [linkOf(1n, 'a')] }));
      const twice = commitOf({ links: [linkOf(2n, 'b')], added: [partOf(2), partOf(2)], done: [1] });
      assert.throws(() => journal.commit(twice));
      assert.deepEqual(idsOf(journal), [1]);
      assert.deepEqual(groupsOf(journal), ['1:1 a']);
    });

    promise('pendingParts() lets commits come in between, and does not yield what they add', (journal) => {
      journal.startRun(start);
      const ids = Array.from({ length: 500 }, (_, i) => i);
      journal.commit(commitOf({ added: ids.map((id) => partOf(id)) }));
      const seen: number[] = [];
      for (const { id } of journal.pendingParts()) {
        seen.push(id);
        journal.commit(commitOf({ done: [id], added: [partOf(id + 1000)] }));
      }
      assert.deepEqual(seen, ids);
      assert.deepEqual(
        idsOf(journal),
        ids.map((id) => id + 1000),
      );
    });

    promise('linkGroups() gives all names of an inode at once, and not those that are done', (journal) => {
      journal.startRun(start);
      const high = 2n ** 64n - 1n;
      const links = [linkOf(7n, 'a'), linkOf(high, 'x', high), linkOf(7n, 'b'), linkOf(7n, 'a', 2n)];
      journal.commit(commitOf({ links }));
      journal.commit(commitOf({ links: [linkOf(7n, 'a'), linkOf(8n, 'c')] }));
      assert.equal(journal.countLinkGroups(), 4);
      assert.deepEqual(groupsOf(journal).sort(), ['1:7 a b', '1:8 c', '2:7 a', `${high}:${high} x`].sort());
      journal.commit(
        commitOf({
          linksDone: [
            { device: 1n, inode: 7n },
            { device: high, inode: high },
          ],
        }),
      );
      assert.deepEqual(groupsOf(journal), ['1:8 c', '2:7 a']);
      assert.equal(journal.countLinkGroups(), 2);
    });

    promise('linkGroups() lets commits take away each group as it comes', (journal) => {
      journal.startRun(start);
      const inodes = Array.from({ length: 300 }, (_, i) => BigInt(i));
      journal.commit(
        commitOf({ links: inodes.flatMap((inode) => [linkOf(inode, 'a'), linkOf(inode, 'b')]) }),
      );
      let groups = 0;
      for (const { device, inode } of journal.linkGroups()) {
        groups++;
        journal.commit(commitOf({ linksDone: [{ device, inode }] }));
      }
      assert.equal(groups, 300);
      assert.equal(journal.countLinkGroups(), 0);
    });

    promise('failures() come in order, and are counted beyond what is kept', (journal) => {
      const id = journal.startRun(start);
      const some = Array.from({ length: 60_000 }, (_, i) => failure(i));
      journal.commit(commitOf({ failures: some }));
      journal.commit(commitOf({ failures: some }));
      assert.equal(journal.lastRun()!.failures, 120_000);
      const kept = journal.failures(id).toArray();
      assert.equal(kept.length, 100_000);
      assert.deepEqual(kept.slice(0, 3), [failure(0), failure(1), failure(2)].map(plain));
      assert.deepEqual(kept[60_001], plain(failure(1)));
    });

    promise('endRun() ends a run, and what is finished has nothing to resume', (journal) => {
      for (const state of ['done', 'partial', 'different'] as const) {
        journal.startRun(start);
        journal.commit(commitOf({ added: [partOf(1)], links: [linkOf(1n, 'a')] }));
        journal.endRun(endOf({ state, elapsedMs: 42, predictedMs: 40 }));
        const run = journal.lastRun()!;
        assert.deepEqual([run.state, run.elapsedMs, run.predictedMs], [state, 42, 40]);
        assert.ok(run.endedMs! >= run.startedMs);
        assert.equal(journal.unfinishedRun(), undefined);
        assert.deepEqual(idsOf(journal), []);
        assert.equal(journal.countLinkGroups(), 0);
      }
    });

    promise('resumeRun() goes on where a run was left', (journal) => {
      const id = journal.startRun(start);
      const tally = { ...emptyTally(), copied: 1 };
      journal.commit(
        commitOf({ added: [partOf(1), partOf(2)], links: [linkOf(1n, 'a')], walkEnded: true, tally }),
      );
      journal.endRun(endOf({ state: 'stopped', tally }));
      assert.equal(journal.unfinishedRun()!.id, id);
      const found = journal.resumeRun(id);
      assert.deepEqual([found.state, found.walkEnded, found.tally], ['stopped', true, tally]);
      assert.deepEqual(idsOf(journal), [1, 2]);
      assert.equal(journal.countLinkGroups(), 1);
      journal.commit(commitOf({ done: [1, 2], linksDone: [{ device: 1n, inode: 1n }], walkEnded: true }));
      assert.equal(journal.lastRun()!.state, 'running');
    });

    promise('resumeRun() of a run that another one followed walks again', (journal) => {
      const first = journal.startRun(start);
      journal.commit(commitOf({ added: [partOf(1)], links: [linkOf(1n, 'a')], walkEnded: true }));
      journal.endRun(endOf({ state: 'stopped' }));
      journal.startRun(start);
      assert.deepEqual(idsOf(journal), []);
      assert.equal(journal.countLinkGroups(), 0);
      journal.commit(commitOf({ added: [partOf(5)], walkEnded: true }));
      assert.equal(journal.resumeRun(first).walkEnded, false);
      assert.deepEqual(idsOf(journal), []);
      assert.deepEqual(
        journal.runs().map(({ walkEnded }) => walkEnded),
        [false, false],
      );
      assert.equal(journal.unfinishedRun()!.id, first);
    });

    promise('resumeRun() of a run that is not here says so', (journal) => {
      journal.startRun(start);
      assert.throws(() => journal.resumeRun('20000101-0000-000000'), isKind('missing'));
    });

    promise('runs() are the last hundred, the newest first', (journal) => {
      const ids = Array.from({ length: 103 }, (_, i) => {
        const id = journal.startRun(start);
        journal.commit(commitOf({ failures: [failure(i)] }));
        journal.endRun(endOf({}));
        return id;
      });
      assert.deepEqual(
        journal.runs().map(({ id }) => id),
        ids.slice(3).reverse(),
      );
      assert.deepEqual([...journal.failures(ids[0]!)], []);
      assert.deepEqual([...journal.failures(ids[3]!)], [plain(failure(3))]);
    });

    promise('spentMs grows with every call', (journal) => {
      const before = journal.spentMs;
      journal.startRun(start);
      assert.ok(journal.spentMs > before);
    });
  });
}

/** What a Journal that is kept promises beyond: what it was told is there in the next process. */
export function keptJournalContract(name: string, open: Open): void {
  const promise = (what: string, check: (open: () => Journal) => void) =>
    test(what, () => {
      using dir = scratch();
      check(() => open(dir.path, route));
    });

  describe(name, () => {
    promise('everything told is there again', (reopen) => {
      const id = told(reopen);
      using journal = reopen();
      assert.equal(journal.rescued, undefined);
      assert.equal(journal.unfinishedRun()!.id, id);
      assert.equal(journal.unfinishedRun()!.state, 'stopped');
      assert.deepEqual(pending(journal), [partOf(1, { ranges: Buffer.from([1]) }), partOf(2)]);
      assert.deepEqual(groupsOf(journal), ['1:7 a b']);
      assert.deepEqual([...journal.failures(id)], [plain(failure(1))]);
      assert.deepEqual(journal.leftOf(-5n), [leftOf(-5n, 0), leftOf(-5n, 1)]);
      assert.equal(journal.trustedRuns, 4);
    });

    promise('leftOf() and a left reader give what was told last, and the slices that remain', (reopen) => {
      using journal = reopen();
      journal.startRun(start);
      const far = -(2n ** 63n);
      journal.commit(commitOf({ left: [leftOf(far, 1), leftOf(far, 0), leftOf(far, 2), leftOf(0n, 0)] }));
      journal.commit(commitOf({ left: [leftOf(far, 1, 'new')], leftEnd: [{ dir: far, slices: 2 }] }));
      using reader = openLeftReader(journal.path!);
      for (const ask of [(dir: bigint) => journal.leftOf(dir), reader.of]) {
        assert.deepEqual(plainLeft(ask(far)), [leftOf(far, 0), leftOf(far, 1, 'new')]);
        assert.deepEqual(plainLeft(ask(0n)), [leftOf(0n, 0)]);
        assert.deepEqual(ask(1n), []);
      }
      journal.commit(commitOf({ leftEnd: [{ dir: 0n, slices: 0 }] }));
      using later = openLeftReader(journal.path!);
      assert.deepEqual(later.of(0n), []);
    });

    promise('leftOf() gives what was told last where very much is told at once', (reopen) => {
      using journal = reopen();
      journal.startRun(start);
      const dirs = Array.from({ length: 100 }, (_, dir) => BigInt(dir - 50));
      const told = (prints: string) => dirs.map((dir) => leftOf(dir, 0, `${prints} ${dir}`));
      journal.commit(commitOf({ left: told('old') }));
      journal.commit(commitOf({ left: [...told('older'), ...told('new')] }));
      for (const dir of dirs)
        assert.deepEqual(plainLeft(journal.leftOf(dir)), [leftOf(dir, 0, `new ${dir}`)]);
    });

    promise('a left reader has little in memory, and asks for much of it a directory at a time', (reopen) => {
      using journal = reopen();
      journal.startRun(start);
      journal.commit(commitOf({ left: [leftOf(1n, 0)] }));
      using little = openLeftReader(journal.path!);
      const much = [0, 1, 2, 3, 4].map((slice) => leftOf(2n, slice, 'x'.repeat(2 ** 20)));
      journal.commit(commitOf({ left: much }));
      using more = openLeftReader(journal.path!);
      assert.deepEqual([little.holdsAll, more.holdsAll], [true, false]);
      for (const reader of [little, more]) assert.deepEqual(plainLeft(reader.of(1n)), [leftOf(1n, 0)]);
      assert.deepEqual([little.of(2n).length, more.of(2n).length], [0, 5]);
    });

    promise('what is at the destination stays known from run to run', (reopen) => {
      told(reopen);
      using journal = reopen();
      journal.startRun(start);
      assert.deepEqual(journal.leftOf(-5n), [leftOf(-5n, 0), leftOf(-5n, 1)]);
    });

    promise('an open Journal keeps every other from the same route, and tells who holds it', (reopen) => {
      using journal = reopen();
      const id = journal.startRun(start);
      assert.throws(reopen, (error: TransferError) => {
        assert.equal(error.kind, 'locked');
        assert.match(error.message, new RegExp(`run ${id} .*process ${process.pid}.* since \\d{4}-`));
        return true;
      });
      journal[Symbol.dispose]();
      reopen()[Symbol.dispose]();
    });
  });
}

/** Tells a fresh Journal something of everything, and ends without ending the run. */
function told(open: () => Journal): string {
  using journal = open();
  const id = journal.startRun(start);
  journal.commit(
    commitOf({
      added: [partOf(1), partOf(2), partOf(3)],
      ranges: [{ id: 1, ranges: Buffer.from([1]) }],
      links: [linkOf(7n, 'a'), linkOf(7n, 'b')],
      left: [leftOf(-5n, 0), leftOf(-5n, 1)],
      failures: [failure(1)],
    }),
  );
  journal.commit(commitOf({ done: [3] }));
  journal.trustedRuns = 4;
  return id;
}

function failure(n: number): Failure {
  const path = Buffer.from(`bad\xff${n}`, 'latin1');
  return {
    path,
    kind: 'denied',
    message: `cannot read: ${n}`,
    hint: n % 2 ? 'check who owns it' : undefined,
  };
}

/** As it comes back: its bytes in a Buffer of their own. */
function plain(failure: Failure): Failure {
  return { ...failure, path: Buffer.from(failure.path) };
}

function plainLeft(rows: readonly LeftRow[]): LeftRow[] {
  return rows.map((row) => ({ ...row, prints: Buffer.from(row.prints) }));
}

function pending(journal: Journal): PartRow[] {
  return [...journal.pendingParts()];
}

function idsOf(journal: Journal): number[] {
  return pending(journal).map(({ id }) => id);
}

function groupsOf(journal: Journal): string[] {
  return journal.linkGroups().map(textOf).toArray();
}

function textOf({ device, inode, names }: LinkGroup): string {
  return [`${device}:${inode}`, ...names.map(({ name }) => Buffer.from(name).toString())].join(' ');
}

function isKind(kind: Kind): (error: unknown) => boolean {
  return (error) => error instanceof TransferError && error.kind === kind;
}
