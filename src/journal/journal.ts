/**
 * The checkpoint store of one route, held by one process at a time.
 *
 * It is told what became durable at the destination, never before, and gives it back after any end of the
 * process or the machine: at worst an older whole state, which costs work but claims nothing. Every call is
 * synchronous, and durable when it returns. What it throws are TransferErrors that name the state directory:
 * 'full' and 'denied' where that is why, 'corrupt' where the database was damaged in use; it is then set aside,
 * and the next run starts with a fresh one.
 */
import { TransferError } from '../errors.ts';
import type { Failure } from '../report/events.ts';
import { type Backing, guarded } from './backing.ts';
import { newRunId } from './run-id.ts';
import { beginRun, continueRun, finishRun, isUnfinished, stateOnceLeft } from './runs.ts';
import { writeCommit } from './tables/commit.ts';
import { eachFailure } from './tables/failures-table.ts';
import type { Commit, LeftRow, LinkGroup, LinkKey, PartRow, RunEnd, RunRow, Unsettled } from './types.ts';

const pageRows = 64;

export class Journal implements Disposable {
  /** What to tell the user if the Journal of this route was damaged: it was set aside, and this one is new. */
  readonly rescued: string | undefined;
  /** The database to open left readers on; undefined in a dry run of a route that never ran. */
  readonly path: string | undefined;
  readonly #backing: Backing;
  #run: string | undefined;
  #fault: unknown;
  #spentMs = 0;

  constructor(backing: Backing) {
    this.rescued = backing.rescued;
    this.path = backing.path;
    this.#backing = backing;
  }

  /** Time spent inside this Journal so far. */
  get spentMs(): number {
    return this.#spentMs;
  }

  /** Keeps all that is told meanwhile in one go, or nothing of it. */
  atOnce<T>(tell: () => T): T {
    return this.#guarded((backing) => backing.write(tell));
  }

  /** Begins a run and returns its id. `settings` is kept as it is, so it holds no secret. */
  startRun({ settings, predictedMs }: Pick<RunRow, 'settings' | 'predictedMs'>): string {
    const { source, dest } = this.#backing.route;
    const start = { id: newRunId(Date.now()), source, dest, settings, predictedMs };
    this.#hold(start.id, () => beginRun(this.#backing.tables, start));
    return start.id;
  }

  /**
   * Begins again where a run of this route was left, and returns it as it was found. Its Parts and links are
   * there if no other run began since; if one did, the walk has to start over. Throws 'missing'.
   */
  resumeRun(id: string): RunRow {
    const found = this.#timed(({ tables }) => tables.runs.find(id));
    if (found === undefined)
      throw new TransferError('missing', `cannot resume run ${id}: it is not on this route`, {
        hint: 'name the service of its bucket as it was named then (--s3-endpoint), or type the transfer again as it was: what an address asked for was not remembered',
      });
    return this.#hold(id, () => continueRun(this.#backing.tables, found));
  }

  /** Ends the run that was begun. */
  endRun(end: RunEnd): void {
    const run = this.#current();
    this.#write(() => finishRun(this.#backing.tables, run, end));
    this.#run = undefined;
  }

  /** Keeps all of it, or throws and keeps none. */
  commit(commit: Commit): void {
    const run = this.#current();
    this.#write(() => writeCommit(this.#backing.tables, run, commit));
  }

  /** The runs of this route that are kept, the one that began last first. */
  runs(): RunRow[] {
    const rows = this.#timed(({ tables }) => tables.runs.all());
    return rows.map((row) => (row.id === this.#run ? row : { ...row, state: stateOnceLeft(row) }));
  }

  lastRun(): RunRow | undefined {
    return this.runs()[0];
  }

  /** The run that was begun or resumed last, if it has something left to do. */
  unfinishedRun(): RunRow | undefined {
    const current = this.#timed(({ tables }) => tables.route.read().current);
    return this.runs().find((run) => run.id === current && isUnfinished(run));
  }

  /** The Parts left to do when this is called, in the order of their ids. Commits may come in between. */
  *pendingParts(): Generator<PartRow> {
    const upTo = this.#timed(({ tables }) => tables.parts.lastId());
    let after = -1;
    while (after < upTo) {
      const page = this.#timed(({ tables }) => tables.parts.page({ after, upTo }, pageRows));
      yield* page;
      after = page.at(-1)?.id ?? upTo;
    }
  }

  /** All names of each inode that was told and not yet done. Commits may come in between. */
  *linkGroups(): Generator<LinkGroup> {
    let after: LinkKey | undefined;
    for (;;) {
      const group = this.#timed(({ tables }) => tables.links.groupAfter(after));
      if (group === undefined) return;
      yield group;
      after = group;
    }
  }

  countLinkGroups(): number {
    return this.#timed(({ tables }) => tables.links.groups());
  }

  /** What failed in a run, in the order it was told; of very many only the first. */
  failures(run: string): Generator<Failure> {
    return eachFailure((after) => this.#timed(({ tables }) => tables.failures.page(run, after)));
  }

  /** What was left at the destination in this directory; nothing where that is not known for certain. */
  leftOf(dir: bigint): readonly LeftRow[] {
    return this.#timed(({ leftOf }) => leftOf(dir));
  }

  /** How many runs in a row believed what was left without looking; very many if that is in doubt. */
  get trustedRuns(): number {
    return this.#timed(({ tables }) => tables.route.read().trustedRuns);
  }

  set trustedRuns(runs: number) {
    const { route } = this.#backing.tables;
    this.#write(() => route.write({ ...route.read(), trustedRuns: runs }));
  }

  /** Kept for the route until a run has seen to all of it. */
  get unsettled(): Unsettled | undefined {
    return this.#timed(({ tables }) => tables.route.read().unsettled);
  }

  set unsettled(unsettled: Unsettled | undefined) {
    const { route } = this.#backing.tables;
    this.#write(() => route.write({ ...route.read(), unsettled }));
  }

  /** Lets go of the route. May be called twice. */
  [Symbol.dispose](): void {
    this.#backing[Symbol.dispose]();
  }

  #current(): string {
    if (this.#run === undefined) throw new Error('no run was begun');
    return this.#run;
  }

  #hold<T>(run: string, begin: () => T): T {
    const begun = this.#timed((backing) => {
      backing.name(run);
      return backing.write(begin);
    });
    this.#run = run;
    return begun;
  }

  #write(change: () => void): void {
    this.#timed((backing) => backing.write(change));
  }

  #timed<T>(work: (backing: Backing) => T): T {
    const startMs = performance.now();
    try {
      return this.#guarded(work);
    } finally {
      this.#spentMs += performance.now() - startMs;
    }
  }

  #guarded<T>(work: (backing: Backing) => T): T {
    if (this.#fault !== undefined) throw this.#fault;
    try {
      return guarded(this.#backing, () => work(this.#backing));
    } catch (error) {
      if (error instanceof TransferError && error.kind === 'corrupt') this.#fault = error;
      throw error;
    }
  }
}
