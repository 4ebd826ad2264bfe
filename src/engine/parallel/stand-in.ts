/**
 * This thread as one more lane while the others start, which takes as long as hundreds of small files do, and for
 * good where they are few. It takes small Parts, and between them the program has its turn.
 */
import type { Job, Outcome } from '../../conduct/jobs.ts';
import type { Told } from '../../conduct/lanes/lanes.ts';
import type { Worker } from './work.ts';

const quickMs = 500;

export class StandIn {
  /** A Part took so long that who waits for the program would notice. */
  isSlow = false;
  readonly #lane: Worker;
  readonly #told: Told;
  #job: Job | undefined;
  #next: NodeJS.Immediate | undefined;

  constructor(lane: Worker, told: Told) {
    this.#lane = lane;
    this.#told = told;
  }

  get isBusy(): boolean {
    return this.#job !== undefined;
  }

  give(job: Job): void {
    this.#job = job;
    this.#next = setImmediate(() => this.#perform(job));
  }

  /** Does nothing more. */
  end(): void {
    clearImmediate(this.#next);
    this.#job = undefined;
  }

  #perform(job: Job): void {
    try {
      const startMs = performance.now();
      const outcome = this.#lane.perform(job);
      this.isSlow ||= performance.now() - startMs > quickMs;
      this.#next = setImmediate(() => this.#tell(job, outcome));
    } catch (error) {
      this.#told.broken(error);
    }
  }

  /** After what threads said meanwhile: a share of what is left is for those that have ended, too. */
  #tell(job: Job, outcome: Outcome): void {
    this.#job = undefined;
    try {
      this.#told.ended(job, outcome);
    } catch (error) {
      this.#told.broken(error);
    }
  }
}
