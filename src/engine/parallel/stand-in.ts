/**
 * This thread as one more lane while the others start, which takes as long as hundreds of small files do. It takes
 * small Parts, and between them the program has its turn.
 */
import type { Job } from '../../conduct/jobs.ts';
import type { Told } from '../../conduct/lanes.ts';
import type { Worker } from './work.ts';

export class StandIn {
  readonly #lane: Worker;
  readonly #told: Told;
  #job: Job | undefined;

  constructor(lane: Worker, told: Told) {
    this.#lane = lane;
    this.#told = told;
  }

  get isBusy(): boolean {
    return this.#job !== undefined;
  }

  give(job: Job): void {
    this.#job = job;
    setImmediate(() => this.#perform(job));
  }

  #perform(job: Job): void {
    try {
      const outcome = this.#lane.perform(job);
      this.#job = undefined;
      this.#told.ended(job, outcome);
    } catch (error) {
      this.#told.broken(error);
    }
  }
}
