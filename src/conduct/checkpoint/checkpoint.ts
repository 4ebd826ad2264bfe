/**
 * What the Journal may be told, and when: a Part's work is gathered while it is done, and told in one transaction
 * after a barrier has made it durable at the destination. Until then, a Part that is done is as good as not done.
 *
 * A Part that leads to others (directories below, large files) is forgotten in the same transaction that
 * remembers those of them that are not done yet.
 */
import type { Commit, LinkKey, PartRow } from '../../journal/types.ts';
import { emptyProfile, mergeProfile } from '../../profile/profile.ts';
import { emptyTally, type Failure, mergeNotices, mergeTally, type Notices } from '../../report/events.ts';
import type { Outcome } from '../jobs.ts';

type Part = {
  readonly parent: number;
  readonly children: number[];
  row: () => PartRow;
  state: 'open' | 'done' | 'durable' | 'told';
  isKept: boolean; // the Journal has a row for it
};

export class Checkpoint {
  readonly tally = emptyTally();
  readonly profile = emptyProfile();
  readonly notices: Notices = {};
  readonly #parts = new Map<number, Part>();
  #group: { id: number; outcome: Outcome | undefined }[] = [];
  #changedRows = new Set<number>();
  #linksDone: LinkKey[] = [];
  #failures: Failure[] = [];

  /** Counts on from what there was before. */
  constructor(before?: Pick<Outcome, 'tally' | 'profile' | 'notices'>) {
    if (before) this.#count(before);
  }

  /** A Part that is to be done; `row` is asked for when the Journal needs it. */
  open(id: number, parent: number, row: () => PartRow, isKept = false): void {
    this.#parts.set(id, { parent, children: [], row, state: 'open', isKept });
    this.#parts.get(parent)?.children.push(id);
  }

  /** A Part is done, as far as this process knows. */
  done(id: number, outcome: Outcome | undefined): void {
    const part = this.#parts.get(id);
    if (part) part.state = 'done';
    this.#group.push({ id, outcome });
  }

  /** A Part goes on, and what the Journal has to know of it has changed. */
  changed(id: number): void {
    this.#changedRows.add(id);
  }

  /** Part of a Part is done: what there is to tell of it goes with the next commit. */
  gather(outcome: Outcome): void {
    this.#group.push({ id: 0, outcome });
  }

  /** A Part failed for a reason no lane could see. */
  failed(id: number, failure: Failure): void {
    this.tally.failed++;
    this.#failures.push(failure);
    this.changed(id);
  }

  /** A Part that the Journal knows is told differently from now on. */
  renew(id: number, row: () => PartRow): void {
    const part = this.#parts.get(id);
    if (part) part.row = row;
  }

  linked(groups: readonly LinkKey[]): void {
    for (const { device, inode } of groups) this.#linksDone.push({ device, inode });
  }

  /** How much is gathered: pieces of work that nothing was told of. */
  get size(): number {
    return this.#group.length;
  }

  get hasNews(): boolean {
    return this.#group.length > 0 || this.#changedRows.size > 0 || this.#linksDone.length > 0;
  }

  /** Takes what is done so far; `commit` tells it, and is to be called only after a barrier that began later. */
  take(): () => Omit<Commit, 'walkEnded'> {
    const group = this.#group;
    const changed = new Map<number, PartRow>();
    for (const id of this.#changedRows) {
      const part = this.#parts.get(id);
      if (part?.state === 'open') changed.set(id, part.row());
    }
    const linksDone = this.#linksDone;
    this.#group = [];
    this.#changedRows = new Set();
    this.#linksDone = [];
    const failures = this.#failures;
    this.#failures = [];
    return () => this.#commit(group, changed, { linksDone, failures });
  }

  #commit(
    group: { id: number; outcome: Outcome | undefined }[],
    changed: ReadonlyMap<number, PartRow>,
    { linksDone, failures }: { linksDone: LinkKey[]; failures: Failure[] },
  ): Omit<Commit, 'walkEnded'> {
    for (const { id } of group) this.#settle(id);
    const added = new Map<number, PartRow>();
    const done: number[] = [];
    for (const { id } of group) this.#follow(id, added, done);
    for (const row of changed.values()) this.#keep(row, added, done);
    const outcomes = group.map(({ outcome }) => outcome).filter((outcome) => outcome !== undefined);
    for (const outcome of outcomes) this.#count(outcome);
    return {
      done,
      added: [...added.values()],
      ranges: [],
      links: outcomes.flatMap(({ links }) => links),
      linksDone,
      left: outcomes.flatMap(({ left }) => left),
      leftEnd: outcomes.flatMap(({ leftEnd }) => leftEnd),
      failures: [...failures, ...outcomes.flatMap((outcome) => outcome.failures)],
      tally: this.tally,
      profile: this.profile,
      notices: this.notices,
    };
  }

  #count({ tally, profile, notices }: Pick<Outcome, 'tally' | 'profile' | 'notices'>): void {
    mergeTally(this.tally, tally);
    mergeProfile(this.profile, profile);
    mergeNotices(this.notices, notices);
  }

  #settle(id: number): void {
    const part = this.#parts.get(id);
    if (part) part.state = 'durable';
  }

  /** What is below a durable Part stands for itself from now on. */
  #follow(id: number, added: Map<number, PartRow>, done: number[]): void {
    const part = this.#parts.get(id);
    if (!part) return;
    if (part.isKept) done.push(id);
    for (const child of part.children) {
      const below = this.#parts.get(child);
      if (below?.state === 'told') this.#parts.delete(child);
      else if (below && below.state !== 'durable' && !below.isKept) {
        below.isKept = true;
        added.set(child, asBefore(below.row()));
      }
    }
    part.children.length = 0;
    part.state = 'told';
    const parent = this.#parts.get(part.parent);
    if (!parent || isDurable(parent)) this.#parts.delete(id);
  }

  /** A row that the Journal has is renewed; one it has not is told with its parent. */
  #keep(row: PartRow, added: Map<number, PartRow>, done: number[]): void {
    const part = this.#parts.get(row.id);
    if (!part || isDurable(part)) return;
    if (part.isKept && !added.has(row.id)) done.push(row.id);
    part.isKept = true;
    added.set(row.id, row);
  }
}

function isDurable({ state }: Part): boolean {
  return state === 'durable' || state === 'told';
}

/** What arrived of a large file while the barrier was under way may have come too late for it. */
function asBefore(row: PartRow): PartRow {
  return row.ranges ? { ...row, ranges: new Uint8Array(row.ranges.length) } : row;
}
