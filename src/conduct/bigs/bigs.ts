/** Large files under way: begun, filled range by range, finished, tried again when their source changed. */
import type { LinkGroup, LinkName, PartRow } from '../../journal/types.ts';
import type { Bundle } from '../../profile/bundle.ts';
import type { Failure } from '../../report/events.ts';
import { join, pathKey } from '../../work/posix/path.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { bigOf, isStale, rowOfBig } from '../checkpoint/part-rows.ts';
import { changedFault } from '../faults/changed.ts';
import type { Frontier } from '../frontier/frontier.ts';
import type { Job, Outcome } from '../jobs.ts';
import { type BigFile, bigPath } from './big-file.ts';
import { BigWork } from './big-work.ts';
import { inOne, type RangesOf } from './ranges.ts';

type With = {
  readonly rangesOf: RangesOf;
  readonly tries: number;
  readonly open: (parent: number, row: (id: number) => PartRow) => number;
  /** Looks at one name again; answers the id of the job. */
  readonly look: (parent: number, bundle: Bundle) => number;
  readonly failed: (id: number, failure: Failure) => void;
  readonly link: (group: LinkGroup) => void;
  /** so much of one was there when it was taken up */
  readonly begun: (bytes: number) => void;
  readonly frontier: Frontier;
  readonly checkpoint: Checkpoint;
};

export class Bigs {
  readonly #with: With;
  readonly #works = new Map<number, BigWork>();
  readonly #byName = new Map<string, BigWork>();
  /** jobs that look again at a name */
  readonly #looks = new Map<number, string>();
  readonly #tries = new Map<string, number>();
  /** what an earlier run began: taken up where the source is still the same, taken away at the end where not */
  readonly #adoptable = new Map<string, PartRow>();
  /** what runs before that one began, of a file that has changed since */
  readonly #outdated: PartRow[] = [];
  readonly #groups = new Map<string, LinkGroup>();

  constructor(given: With) {
    this.#with = given;
  }

  /** A large file was found; a group of names waits for it when it is the first of them. */
  add(parent: number, found: BigFile, groups: readonly LinkGroup[]): void {
    const key = keyOf(found);
    const waiting = groups.find((group) => group.names.some(({ dir, name }) => keyOfName(dir, name) === key));
    if (waiting) this.#groups.set(key, waiting);
    if (this.#byName.has(key)) return; // the walk came by again after a kill
    const old = this.#adoptable.get(key);
    const before = old && bigOf(old);
    const isSame = before !== undefined && before.print === found.print;
    if (old && isSame) this.#adopt(key, old);
    const file = isSame ? { ...before, over: found.over } : found; // what may be replaced is what was seen by this run
    const work: { current?: BigWork } = {};
    const id = this.#with.open(parent, (partId) => rowOfBig(partId, work.current!));
    work.current = this.#start(id, file, isSame ? (old?.ranges ?? undefined) : undefined);
    if (isSame) this.#with.checkpoint.changed(id);
  }

  /** A large file that was begun, in this run or one before it, as the Journal knows it. */
  restore(row: PartRow): void {
    const file = bigOf(row);
    if (isStale(row)) return this.#offer(keyOf(file), row);
    const work = this.#start(row.id, file, row.ranges ?? undefined);
    this.#with.checkpoint.renew(row.id, () => rowOfBig(row.id, work));
  }

  #offer(key: string, row: PartRow): void {
    const older = this.#adoptable.get(key);
    if (older) this.#outdated.push(older);
    this.#adoptable.set(key, row);
  }

  /** Its Part is another one from now on. */
  #adopt(key: string, old: PartRow): void {
    this.#adoptable.delete(key);
    this.#with.checkpoint.done(old.id, undefined);
  }

  #start(id: number, file: BigFile, ranges: Uint8Array | undefined): BigWork {
    const isKnown = ranges !== undefined && file.rangeBytes !== undefined; // they are as long as they were
    const wanted = file.whole ? inOne : this.#with.rangesOf(file.bytes);
    const rangeBytes = isKnown ? file.rangeBytes : wanted.rangeBytes;
    const work = new BigWork(id, { ...file, rangeBytes }, isKnown ? ranges : undefined, wanted.mostBytes);
    if (isKnown) this.#with.begun(work.bytesThere);
    this.#works.set(id, work);
    this.#byName.set(keyOf(file), work);
    this.#with.frontier.addBig(work);
    return work;
  }

  /** A range was not finished because the run stops. */
  stopped(job: Extract<Job, { kind: 'range' }>): void {
    this.#works.get(job.id)?.rangeEnded(job, false);
  }

  /** Ranges of one file that fail together are one failure. */
  mute(job: Job, { failures, tally }: Outcome): void {
    if (job.kind !== 'range' || !this.#works.get(job.id)?.isBroken) return;
    failures.length = 0;
    tally.failed = 0;
  }

  /** False: the job was not one of ours. */
  ended(job: Job, outcome: Outcome): boolean {
    const work = this.#works.get(job.id);
    if (!work) return false;
    if (job.kind === 'begin') this.#begun(work, outcome);
    else if (job.kind === 'range') this.#ranged(work, job, outcome);
    else if (job.kind === 'finish') this.#finished(work, outcome);
    else this.#close(work, outcome, job.kind === 'walk' && outcome.failures.length === 0);
    return true;
  }

  #begun(work: BigWork, outcome: Outcome): void {
    const file = outcome.bigs[0];
    if (!file) {
      work.again = againOf(outcome);
      return work.file.partial === '' ? this.#close(work, outcome, false) : this.#drop(work, outcome);
    }
    this.#with.checkpoint.gather(outcome);
    work.file = file;
    this.#with.checkpoint.changed(work.id);
    if (outcome.big === 'complete' || work.isComplete)
      this.#with.frontier.addNow({ kind: 'finish', id: work.id, file });
    else this.#with.frontier.addBegun(work);
  }

  #ranged(work: BigWork, range: Extract<Job, { kind: 'range' }>, outcome: Outcome): void {
    work.rangeEnded(range, outcome.big === 'begun');
    this.#with.checkpoint.changed(work.id);
    work.again ??= againOf(outcome);
    if (work.isIdle && work.isBroken) return this.#drop(work, outcome);
    this.#with.checkpoint.gather(outcome);
    if (work.isComplete) this.#with.frontier.addNow({ kind: 'finish', id: work.id, file: work.file });
  }

  #finished(work: BigWork, outcome: Outcome): void {
    if (outcome.big === 'complete') return this.#close(work, outcome, true);
    work.again = againOf(outcome);
    this.#drop(work, outcome);
  }

  /** What was begun goes, and then the Part ends. */
  #drop(work: BigWork, outcome: Outcome): void {
    this.#with.checkpoint.gather(outcome);
    this.#with.frontier.addNow({ kind: 'drop', id: work.id, file: work.file });
  }

  /** The end of a Part: it is there, or it failed, or its source changed and it is looked at again. */
  #close(work: BigWork, outcome: Outcome, isThere: boolean): void {
    const { id, file } = work;
    this.#works.delete(id);
    this.#byName.delete(keyOf(file));
    if (work.again) this.#again(work);
    else this.#releaseGroup(id, keyOf(file), isThere);
    this.#with.checkpoint.done(id, outcome);
  }

  #again({ id, file, again }: BigWork): void {
    const key = keyOf(file);
    const tries = (this.#tries.get(key) ?? 0) + (again === 'changed' ? 1 : 0);
    this.#tries.set(key, tries);
    if (tries > this.#with.tries) {
      this.#with.failed(id, changedFault(bigPath(file)));
      return this.#releaseGroup(id, key, false);
    }
    const bundle = { dir: file.dir, names: file.name, what: 'entries', fresh: undefined, slice: 0 } as const;
    this.#looks.set(this.#with.look(id, bundle), key);
  }

  /** A job ended that may have looked again: if it was no large file's beginning, it was its end. */
  looked(job: number, outcome: Outcome): void {
    const key = this.#looks.get(job);
    this.#looks.delete(job);
    if (key === undefined || this.#byName.has(key)) return;
    this.#releaseGroup(job, key, outcome.failures.length === 0);
  }

  #releaseGroup(id: number, key: string, isThere: boolean): void {
    const group = this.#groups.get(key);
    this.#groups.delete(key);
    if (!group) return;
    const isLeader = ({ dir, name }: LinkName) => keyOfName(dir, name) === key;
    const others = group.names.filter((name) => !isLeader(name));
    if (isThere) return this.#with.link({ ...group, names: [...group.names.filter(isLeader), ...others] });
    for (const { dir, name } of others) this.#with.failed(id, unlinked(join(dir, name)));
  }

  /** Takes away the partial files of an earlier run that nobody wants any more. */
  dropLeftovers(): void {
    for (const row of [...this.#outdated.splice(0), ...this.#adoptable.values()])
      this.#with.frontier.addNow({ kind: 'drop', id: row.id, file: bigOf(row) });
    this.#adoptable.clear();
  }
}

function againOf({ big }: Outcome): BigWork['again'] {
  return big === 'changed' || big === 'gone' ? big : undefined;
}

function unlinked(path: Uint8Array): Failure {
  return {
    path,
    kind: 'io',
    message: 'cannot link it: another name of the same file failed',
    hint: undefined,
  };
}

function keyOf(file: BigFile): string {
  return pathKey(bigPath(file));
}

function keyOfName(dir: Uint8Array, name: Uint8Array): string {
  return pathKey(join(dir, name));
}
