/** Several lanes at work: kept busy, made more or fewer, looked at five times a second. */
import type { Control } from '../control.ts';
import type { Progress, Report } from '../report/events.ts';
import { tellHowFar } from '../report/how-far.ts';
import { createIdleShare } from '../work/idle-processors.ts';
import type { Conductor } from './conductor.ts';
import type { Board, Lanes, StartLanes } from './lanes/lanes.ts';
import { createTuner } from './lanes/tuner.ts';
import type { Order } from './order.ts';

type Given = Pick<Order, 'lanes' | 'cores'> & {
  readonly board: Board;
  readonly start: StartLanes;
  readonly conductor: Conductor;
  readonly report: Report;
  readonly control: Control;
};

const tickMs = 200;
const tuneEveryTicks = 4;
const quietMs = 1000; // between barriers, or four times as long as one takes

export class Crew {
  readonly #given: Given;
  readonly #lanes: Lanes;
  readonly #ended = Promise.withResolvers<void>();
  #ticks = 0;
  #lastUnits = 0;
  #nextPassMs = performance.now() + quietMs;
  #isRefilling = false;
  #isFeedDue = false;

  constructor(given: Given) {
    this.#given = given;
    this.#lanes = given.start({
      ended: (job, outcome) => {
        given.conductor.ended(job, outcome);
        if (given.conductor.isPassUrgent) void this.#pass();
        this.#feed();
      },
      shared: (parent, bundle) => {
        given.conductor.shared(parent, bundle);
        this.#feedSoon();
      },
      did: (done) => given.conductor.did(done),
      ready: () => this.#feed(),
      broken: (error) => this.#ended.reject(error),
    });
  }

  async run(): Promise<void> {
    const { lanes, cores, report, control } = this.#given;
    this.#lanes.resize(lanes === 'auto' ? cores : lanes);
    const ticking = setInterval(() => this.#tick(), tickMs);
    try {
      using _progress = tellHowFar(() => this.#howFar(), report, control);
      using _lanes = control.onLanes((delta) => this.#resize(delta));
      this.#feed();
      await this.#ended.promise;
    } finally {
      clearInterval(ticking);
      await this.#lanes.end();
    }
  }

  /** A job for every idle lane, as long as there are any. */
  #feed(): void {
    const { conductor } = this.#given;
    for (let idle = this.#lanes.idle; idle > 0; idle = this.#lanes.idle) {
      const job = conductor.take(idle);
      if (!job) break;
      this.#lanes.give(job);
    }
    this.#given.board.idle = this.#lanes.idle;
    if (this.#lanes.busy === 0) void this.#refill();
  }

  /** All that a lane gives away in one go is there before anybody gets a share of the first of it. */
  #feedSoon(): void {
    if (this.#isFeedDue) return;
    this.#isFeedDue = true;
    queueMicrotask(() => {
      this.#isFeedDue = false;
      try {
        this.#feed();
      } catch (error) {
        this.#ended.reject(error);
      }
    });
  }

  async #refill(): Promise<void> {
    if (this.#isRefilling) return;
    this.#isRefilling = true;
    try {
      const more = await this.#given.conductor.refill();
      this.#isRefilling = false;
      if (more) this.#feed();
      else this.#ended.resolve();
    } catch (error) {
      this.#ended.reject(error);
    }
  }

  #tick(): void {
    this.#ticks++;
    if (performance.now() >= this.#nextPassMs && this.#given.conductor.isPassDue) void this.#pass();
    if (this.#given.lanes === 'auto' && this.#ticks % tuneEveryTicks === 0) this.#tune();
  }

  async #pass(): Promise<void> {
    const startMs = performance.now();
    try {
      await this.#given.conductor.pass();
    } catch (error) {
      this.#ended.reject(error);
    }
    const endMs = performance.now();
    this.#nextPassMs = endMs + Math.max(quietMs, 4 * (endMs - startMs));
  }

  readonly #tuner = createTuner(1, 32);
  readonly #idleShare = createIdleShare();

  #tune(): void {
    const { bytes, entries } = this.#given.board.totals();
    const units = bytes / 65536 + entries;
    const rate = (units - this.#lastUnits) / (tickMs * tuneEveryTicks);
    this.#lastUnits = units;
    const idle = this.#idleShare();
    if (this.#given.conductor.isPlentiful)
      this.#lanes.resize(this.#tuner.next(this.#lanes.count, rate, idle));
    this.#feed();
  }

  #resize(delta: 1 | -1): void {
    this.#lanes.resize(this.#lanes.count + delta);
    this.#feed();
  }

  #howFar(): Progress {
    const { conductor, board } = this.#given;
    return conductor.progress(board.totals(), this.#lanes.count);
  }
}
