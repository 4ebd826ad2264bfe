/** Looks at a whole tree in several lanes, or at two, without a Journal: for `analyze` and `verify`. */
import { availableParallelism } from 'node:os';
import type { Control } from '../control.ts';
import { TransferError } from '../errors.ts';
import type { Bundle } from '../profile/bundle.ts';
import { emptyProfile, mergeProfile, type Profile } from '../profile/profile.ts';
import type { Progress, Report } from '../report/events.ts';
import { tellHowFar } from '../report/how-far.ts';
import { divide } from './frontier/divide.ts';
import type { Job, Outcome } from './jobs.ts';
import type { Board, Lanes, StartLanes } from './lanes/lanes.ts';

export type Survey = {
  readonly kind: 'scan' | 'verify';
  readonly lanes: number | 'auto';
  readonly first: AsyncIterable<Bundle> | Iterable<Bundle>;
  /** directories among the first entries are looked at with all that is in them */
  readonly descend: boolean;
  readonly board: Board;
  readonly start: StartLanes;
};

/**
 * Calls `found` with what became of each piece, and reports progress and failures. Answers what the source holds;
 * rejects with the stop's reason when it was stopped, with 'transient' when a place went away.
 */
export async function survey(
  given: Survey,
  found: (outcome: Outcome) => void,
  report: Report,
  control: Control,
): Promise<Profile> {
  const { board } = given;
  const waiting = new Waiting(given);
  for await (const bundle of given.first) waiting.add(bundle);
  const stop = () => board.stop();
  control.signal.addEventListener('abort', stop);
  if (control.signal.aborted) stop();
  const surveyors = new Surveyors(given, waiting, (outcome) => {
    for (const failure of outcome.failures) report({ type: 'failed', failure });
    found(outcome);
  });
  try {
    using _progress = tellHowFar(() => surveyors.howFar(), report, control);
    using _lanes = control.onLanes((delta) => surveyors.resize(delta));
    await surveyors.run();
  } finally {
    control.signal.removeEventListener('abort', stop);
  }
  control.signal.throwIfAborted();
  if (board.stopped) throw new TransferError('transient', 'cannot look at all of it: a place is gone');
  return surveyors.profile;
}

/** Lanes that look at what waits, until nothing does. */
class Surveyors {
  readonly profile = emptyProfile();
  readonly #board: Board;
  readonly #waiting: Waiting;
  readonly #lanes: Lanes;
  readonly #ended = Promise.withResolvers<void>();
  readonly #startMs = performance.now();

  constructor({ board, start, lanes }: Survey, waiting: Waiting, found: (outcome: Outcome) => void) {
    this.#board = board;
    this.#waiting = waiting;
    this.#lanes = start({
      ended: (_job, outcome) => {
        mergeProfile(this.profile, outcome.profile);
        found(outcome);
        for (const bundle of outcome.rest) waiting.add(bundle);
        this.#feed();
      },
      shared: (_parent, bundle) => {
        waiting.add(bundle);
        this.#feed();
      },
      ready: () => this.#feed(),
      broken: this.#ended.reject,
    });
    this.#lanes.resize(lanes === 'auto' ? Math.max(2, availableParallelism()) : lanes);
  }

  /** Until all is looked at, or nothing can go on. */
  async run(): Promise<void> {
    try {
      this.#feed();
      await this.#ended.promise;
    } finally {
      await this.#lanes.end();
    }
  }

  resize(delta: 1 | -1): void {
    this.#lanes.resize(this.#lanes.count + delta);
    this.#feed();
  }

  howFar(): Progress {
    const { bytes, entries: files } = this.#board.totals();
    const totals = { totalBytes: Math.max(bytes, this.profile.bytes), totalFiles: files, walkEnded: false };
    const elapsedMs = performance.now() - this.#startMs;
    return { bytes, files, ...totals, lanes: this.#lanes.count, elapsedMs };
  }

  #feed(): void {
    const lanes = this.#lanes;
    for (let idle = lanes.idle; idle > 0 && !this.#board.stopped; idle = lanes.idle) {
      const job = this.#waiting.take(idle);
      if (!job) break;
      lanes.give(job);
    }
    this.#board.idle = lanes.idle;
    if (lanes.busy === 0) this.#ended.resolve();
  }
}

/** Pieces that nobody looks at yet, last in first out. */
class Waiting {
  readonly #how: Pick<Survey, 'kind' | 'descend'>;
  readonly #bundles: Bundle[] = [];
  #lastId = 0;

  constructor(how: Pick<Survey, 'kind' | 'descend'>) {
    this.#how = how;
  }

  add(bundle: Bundle): void {
    this.#bundles.push(bundle);
  }

  /** The next piece, or half of it when it is the only one and several would like one. */
  take(sharers: number): Job | undefined {
    const bundle = this.#bundles.pop();
    if (!bundle) return undefined;
    const halves = sharers > 1 && this.#bundles.length === 0 ? divide(bundle) : undefined;
    if (halves) this.#bundles.push(halves[1]);
    const { kind, descend } = this.#how;
    return { kind, id: ++this.#lastId, bundle: halves?.[0] ?? bundle, descend };
  }
}
