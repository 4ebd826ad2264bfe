/**
 * The lanes of a run: worker threads that each do one job at a time. They start when there is more to do than the
 * first look found, a few ahead of those that have a job, and their number can change while they work. Of two, one is this thread: another one would have
 * to learn all of the code first.
 */
import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import type { Job, Outcome } from '../../conduct/jobs.ts';
import type { Lanes as AnyLanes, Told } from '../../conduct/lanes/lanes.ts';
import type { Bundle } from '../../profile/bundle.ts';
import { lanesThatFit } from '../../work/open-files.ts';
import { startWorker } from '../../work/worker.ts';
import type { LaneSetup } from './lane-setup.ts';
import { mostLanes, type Shared } from './shared.ts';
import { StandIn } from './stand-in.ts';
import type { Worker as Opened } from './work.ts';

/** A lane's message: names to share while it goes on, or the end of its job. */
export type FromLane =
  | { readonly type: 'ready' }
  | { readonly type: 'share'; readonly parent: number; readonly bundle: Bundle }
  | { readonly type: 'outcome'; readonly outcome: Outcome };

type LaneThread = {
  readonly worker: Worker;
  readonly exited: Promise<unknown>;
  job: Job | undefined;
  isReady: boolean;
};

const leastAhead = 2;

export class Lanes implements AnyLanes {
  readonly #setup: LaneSetup;
  readonly #shared: Shared;
  readonly #told: Told;
  readonly #threads: LaneThread[] = [];
  readonly #standIn: StandIn | undefined;
  readonly #ahead = Math.max(leastAhead, availableParallelism());
  readonly #most = Math.min(mostLanes - 1, lanesThatFit());
  #wanted = 0;
  #helps: boolean; // this thread, as one of two lanes

  /** `here` is a lane in this thread; the caller's to close. */
  constructor(setup: LaneSetup, shared: Shared, told: Told, here?: Opened) {
    this.#setup = setup;
    this.#shared = shared;
    this.#told = told;
    this.#standIn = here && new StandIn(here, told);
    this.#helps = here !== undefined;
  }

  get count(): number {
    return this.#wanted;
  }

  get busy(): number {
    return this.#threads.filter((thread) => thread.job).length + (this.#standIn?.isBusy ? 1 : 0);
  }

  get idle(): number {
    const threads = this.#threads
      .slice(0, this.#wantedThreads)
      .filter((thread) => this.#isFree(thread)).length;
    return threads + (this.#standsIn && !this.#standIn?.isBusy ? 1 : 0);
  }

  /** One that starts is not given a job while somebody stands in for it. */
  #isFree({ job, isReady }: LaneThread): boolean {
    return !job && (isReady || !this.#standIn);
  }

  get #standsIn(): boolean {
    return this.#helps || (this.#standIn !== undefined && this.#threads.some(({ isReady }) => !isReady));
  }

  get #wantedThreads(): number {
    return this.#helps ? this.#wanted - 1 : this.#wanted;
  }

  /** Makes it this many, or as many as can be: new threads start as there is work; too many get no job more, and wait. */
  resize(count: number): void {
    this.#wanted = Math.max(1, Math.min(this.#most, count));
    this.#helps &&= this.#wanted === 2;
    this.#startAhead();
  }

  /** Each takes a while to start, and memory: who waits for work needs no more beside them. */
  #startAhead(): void {
    const waiting = this.#threads.filter(({ job }) => !job).length;
    const most = Math.min(this.#wantedThreads, this.#threads.length + this.#ahead - waiting);
    while (this.#threads.length < most) this.#start();
  }

  /** Moves much, or waits long: from now on this thread is there for others. */
  #helpNoMore(): void {
    this.#helps = false;
    this.resize(this.#wanted);
  }

  /** Gives a job to an idle lane; call only when there is one. */
  give(job: Job): void {
    if (this.#helps && this.#standIn!.isSlow) this.#helpNoMore();
    const thread = this.#free ?? this.#starting(job);
    if (thread) this.#post(thread, job);
    else this.#standIn!.give(job);
    this.#shared.idle = this.idle;
  }

  get #free(): LaneThread | undefined {
    return this.#threads.slice(0, this.#wantedThreads).find((candidate) => this.#isFree(candidate));
  }

  /** A thread that may as well get this job before it is ready: what moves much is not for this thread. */
  #starting(job: Job): LaneThread | undefined {
    if (job.kind !== 'range') return undefined;
    if (this.#helps) this.#helpNoMore();
    return this.#threads.find((candidate) => !candidate.job);
  }

  #post(thread: LaneThread, job: Job): void {
    thread.job = job;
    thread.worker.postMessage(job);
    this.#startAhead();
  }

  /** What they are at is given up: who ends them closes what they work with. */
  async end(): Promise<void> {
    if (this.busy > 0) this.#shared.stop();
    this.#standIn?.end();
    await Promise.all(this.#threads.splice(0).map(endThread));
  }

  #start(): void {
    const number = this.#threads.length + 1; // 0 is the main thread
    const worker = startWorker('lane', { setup: this.#setup, number });
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    const thread: LaneThread = { worker, exited, job: undefined, isReady: false };
    worker.on('message', (message: FromLane) => this.#heard(thread, message));
    worker.on('error', (error: Error) => this.#told.broken(error));
    this.#threads.push(thread);
  }

  #heard(thread: LaneThread, message: FromLane): void {
    if (message.type === 'ready') {
      thread.isReady = true;
      return this.#threads.includes(thread) ? this.#told.ready() : undefined; // not once all is over
    }
    if (message.type === 'share') return this.#told.shared(message.parent, message.bundle);
    const job = thread.job!;
    thread.job = undefined;
    this.#shared.idle = this.idle;
    this.#told.ended(job, message.outcome);
  }
}

/**
 * Asked to end by itself, however long that takes: a thread that is ended from outside while it starts, or inside a
 * native call, takes the process with it.
 */
async function endThread({ worker, exited }: LaneThread): Promise<void> {
  worker.postMessage('end');
  await exited;
}
