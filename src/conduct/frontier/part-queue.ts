/** Parts as they come up: each gets its number, is open at the checkpoint, and waits at the frontier until a lane takes it. */
import type { LinkGroup, PartRow } from '../../journal/types.ts';
import type { Bundle } from '../../profile/bundle.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { partialOf, rowOfWalk, walkOf } from '../checkpoint/part-rows.ts';
import type { Job } from '../jobs.ts';
import { divide } from './divide.ts';
import type { Frontier, WalkJob } from './frontier.ts';

type How = { readonly inline: boolean; readonly alone?: boolean; readonly descend?: boolean };

export class PartQueue {
  readonly #frontier: Frontier;
  readonly #checkpoint: Checkpoint;
  #lastId = 0;
  /** walks that are not done */
  #walks = 0;

  constructor(frontier: Frontier, checkpoint: Checkpoint) {
    this.#frontier = frontier;
    this.#checkpoint = checkpoint;
  }

  /** Whether all has been seen. */
  get isWalkOver(): boolean {
    return this.#walks === 0;
  }

  /** Takes up what the Journal has; large files that were begun are left to `bigBegun`. */
  restore(rows: Iterable<PartRow>, bigBegun: (row: PartRow) => void): void {
    for (const row of rows) {
      this.#lastId = Math.max(this.#lastId, row.id);
      this.#checkpoint.open(row.id, 0, () => row, true);
      if (partialOf(row)) bigBegun(row);
      else this.#queue(walkOf(row));
    }
  }

  /** One that `parent` led to and that is not queued here; answers its number. */
  open(parent: number, row: (id: number) => PartRow): number {
    const id = ++this.#lastId;
    this.#checkpoint.open(id, parent, () => row(id));
    return id;
  }

  addWalk(parent: number, bundle: Bundle, { inline, alone = false, descend = false }: How): number {
    const id = ++this.#lastId;
    const job: WalkJob = { kind: 'walk', id, bundle, inline, alone, descend };
    this.#checkpoint.open(id, parent, () => rowOfWalk(job));
    this.#queue(job);
    return id;
  }

  walkEnded(): void {
    this.#walks--;
  }

  /** `led`: the first name of each is in place. They are no Part: the Journal has the names. */
  addLinks(groups: readonly LinkGroup[], led: boolean): void {
    this.#frontier.addLinks({ kind: 'links', id: ++this.#lastId, groups, led });
  }

  /** A share of it now, as one of so many; the rest for the next lanes that ask. */
  share(job: WalkJob, sharers: number): Job {
    const parts = divide(job.bundle, sharers);
    if (!parts) return job;
    for (const part of parts) this.addWalk(job.id, part, job);
    this.walkEnded();
    this.#checkpoint.done(job.id, undefined);
    return this.#frontier.next()!;
  }

  #queue(job: WalkJob): void {
    this.#walks++;
    this.#frontier.addWalk(job);
  }
}
