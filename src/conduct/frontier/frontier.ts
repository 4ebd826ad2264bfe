/**
 * What is left to do, in memory: trees last in first out, so that little of them is open at a time; large files
 * largest first; ranges of files that have begun before all else.
 * Where lanes that write one file wait for each other, each has a file of its own as long as there are any.
 *
 * When many large files wait they go before trees, so that the walk cannot run away from the copying.
 */
import type { BigWork } from '../bigs/big-work.ts';
import type { Job } from '../jobs.ts';

export type WalkJob = Extract<Job, { kind: 'walk' }>;
export type LinksJob = Extract<Job, { kind: 'links' }>;

const manyBigs = 256;

export class Frontier {
  readonly #now: Job[] = [];
  readonly #walks: WalkJob[] = [];
  readonly #links: LinksJob[] = [];
  readonly #begun = new Set<BigWork>();
  readonly #bigs: BigWork[] = []; // a heap, the largest on top
  readonly #apart: boolean;

  /** `apart`: a file whose ranges nobody copies comes before one that a lane is at. */
  constructor(apart: boolean) {
    this.#apart = apart;
  }

  get isEmpty(): boolean {
    return this.size === 0;
  }

  get size(): number {
    return this.#now.length + this.#walks.length + this.#links.length + this.#begun.size + this.#bigs.length;
  }

  get isOneFile(): boolean {
    return this.size === 1 && this.#begun.size + this.#bigs.length === 1;
  }

  /** Before all else. */
  addNow(job: Job): void {
    this.#now.push(job);
  }

  addWalk(job: WalkJob): void {
    this.#walks.push(job);
  }

  addLinks(job: LinksJob): void {
    this.#links.push(job);
  }

  addBig(work: BigWork): void {
    this.#bigs.push(work);
    for (let at = this.#bigs.length - 1; at > 0; ) {
      const above = (at - 1) >> 1;
      if (this.#bigs[above]!.file.bytes >= this.#bigs[at]!.file.bytes) return;
      this.#swap(above, at);
      at = above;
    }
  }

  /** A big file has begun: its ranges are to be had. */
  addBegun(work: BigWork): void {
    this.#begun.add(work);
  }

  next(): Job | undefined {
    if (this.#now.length > 0) return this.#now.pop();
    const range = this.#nextRange((work) => !this.#apart || work.isIdle);
    if (range) return range;
    const bigFirst = this.#bigs.length >= manyBigs || this.#walks.length === 0;
    if (bigFirst && this.#bigs.length > 0) return this.#nextBig();
    return this.#walks.pop() ?? this.#links.shift() ?? this.#nextRange(() => true);
  }

  #nextRange(wanted: (work: BigWork) => boolean): Job | undefined {
    for (const work of this.#begun) {
      if (!wanted(work)) continue;
      const job = work.nextRange();
      if (job) return job;
      this.#begun.delete(work);
    }
    return undefined;
  }

  /** The next job where it is a walk, moves no bytes, or one file of at most so many; undefined where another comes first. */
  nextQuick(mostBytes: number): Job | undefined {
    if (this.#now.length > 0) return this.#now.pop();
    const top = this.#bigs[0];
    if (this.#begun.size > 0) return undefined;
    if (this.#walks.length > 0) return this.#bigs.length < manyBigs ? this.#walks.pop() : undefined;
    if (!top) return undefined;
    return top.isRanged || top.file.bytes <= mostBytes ? this.#nextBig() : undefined;
  }

  #nextBig(): Job | undefined {
    const top = this.#bigs[0]!;
    const last = this.#bigs.pop()!;
    if (this.#bigs.length > 0) {
      this.#bigs[0] = last;
      this.#sink();
    }
    return top.firstJob();
  }

  #sink(): void {
    const size = (at: number) => this.#bigs[at]?.file.bytes ?? -1;
    for (let at = 0; ; ) {
      const larger = size(at * 2 + 2) > size(at * 2 + 1) ? at * 2 + 2 : at * 2 + 1;
      if (size(larger) <= size(at)) return;
      this.#swap(at, larger);
      at = larger;
    }
  }

  #swap(a: number, b: number): void {
    [this.#bigs[a], this.#bigs[b]] = [this.#bigs[b]!, this.#bigs[a]!];
  }
}
