/**
 * The lanes of a run: worker threads that each do one job at a time. They start when there is more to do than the
 * first look found, and their number can change while they work.
 */
import type { Worker } from 'node:worker_threads';
import type { Job, Outcome } from '../../conduct/jobs.ts';
import type { Lanes as AnyLanes, Told } from '../../conduct/lanes.ts';
import type { Bundle } from '../../profile/bundle.ts';
import { startWorker } from '../../work/worker.ts';
import type { LaneSetup } from './lane-setup.ts';
import { mostLanes, type Shared } from './shared.ts';

/** A lane's message: names to share while it goes on, or the end of its job. */
export type FromLane =
  | { readonly type: 'share'; readonly parent: number; readonly bundle: Bundle }
  | { readonly type: 'outcome'; readonly outcome: Outcome };

type LaneThread = {
  readonly worker: Worker;
  readonly exited: Promise<unknown>;
  job: Job | undefined;
};

export class Lanes implements AnyLanes {
  readonly #setup: LaneSetup;
  readonly #shared: Shared;
  readonly #told: Told;
  readonly #threads: LaneThread[] = [];
  #wanted = 0;

  constructor(setup: LaneSetup, shared: Shared, told: Told) {
    this.#setup = setup;
    this.#shared = shared;
    this.#told = told;
  }

  get count(): number {
    return this.#wanted;
  }

  get busy(): number {
    return this.#threads.filter((thread) => thread.job).length;
  }

  /** How many could take a job now. */
  get idle(): number {
    return Math.max(0, this.#wanted - this.busy);
  }

  /** Makes it this many: new threads start at once; too many get no job more, and wait to be wanted again. */
  resize(count: number): void {
    this.#wanted = Math.max(1, Math.min(mostLanes - 1, count));
    while (this.#threads.length < this.#wanted) this.#start();
  }

  /** Gives a job to an idle lane; call only when there is one. */
  give(job: Job): void {
    const thread = this.#threads.find((candidate) => !candidate.job)!;
    thread.job = job;
    thread.worker.postMessage(job);
    this.#shared.idle = this.idle;
  }

  async end(): Promise<void> {
    await Promise.all(this.#threads.splice(0).map(endThread));
  }

  #start(): void {
    const number = this.#threads.length + 1; // 0 is the main thread
    const worker = startWorker('lane', { setup: this.#setup, number });
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    const thread: LaneThread = { worker, exited, job: undefined };
    worker.on('message', (message: FromLane) => this.#heard(thread, message));
    worker.on('error', (error: Error) => this.#told.broken(error));
    this.#threads.push(thread);
  }

  #heard(thread: LaneThread, message: FromLane): void {
    if (message.type === 'share') return this.#told.shared(message.parent, message.bundle);
    const job = thread.job!;
    thread.job = undefined;
    this.#shared.idle = this.idle;
    this.#told.ended(job, message.outcome);
  }
}

const patienceMs = 5000;

/** Asked to end by itself: a thread that is ended from outside inside a native call takes the process with it. */
async function endThread({ worker, exited }: LaneThread): Promise<void> {
  worker.postMessage('end');
  const late = setTimeout(() => void worker.terminate(), patienceMs);
  await exited;
  clearTimeout(late);
}
