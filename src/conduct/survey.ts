/** Looks at a whole tree in several lanes, or at two, without a Journal: for `analyze` and `verify`. */
import { availableParallelism } from 'node:os';
import type { Control } from '../control.ts';
import { TransferError } from '../errors.ts';
import type { Bundle } from '../profile/bundle.ts';
import { emptyProfile, mergeProfile, type Profile } from '../profile/profile.ts';
import type { Report } from '../report/events.ts';
import { divide } from './frontier/divide.ts';
import type { Job, Outcome } from './jobs.ts';
import type { Board, StartLanes } from './lanes/lanes.ts';

export type Survey = {
  readonly kind: 'scan' | 'verify';
  readonly lanes: number | 'auto';
  readonly first: AsyncIterable<Bundle> | Iterable<Bundle>;
  /** directories among the first entries are looked at with all that is in them */
  readonly descend: boolean;
  readonly board: Board;
  readonly start: StartLanes;
};

const tickMs = 200;

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
  const stop = () => board.stop();
  control.signal.addEventListener('abort', stop);
  const profile = emptyProfile();
  const waiting = new Waiting(given);
  for await (const bundle of given.first) waiting.add(bundle);
  const ended = Promise.withResolvers<void>();
  const lanes = given.start({
    ended(_job, outcome) {
      mergeProfile(profile, outcome.profile);
      for (const failure of outcome.failures) report({ type: 'failed', failure });
      found(outcome);
      for (const bundle of outcome.rest) waiting.add(bundle);
      feed();
    },
    shared(_parent, bundle) {
      waiting.add(bundle);
      feed();
    },
    ready: () => feed(),
    broken: ended.reject,
  });
  const feed = () => {
    for (let idle = lanes.idle; idle > 0 && !board.stopped; idle = lanes.idle) {
      const job = waiting.take(idle);
      if (!job) break;
      lanes.give(job);
    }
    board.idle = lanes.idle;
    if (lanes.busy === 0) ended.resolve();
  };
  lanes.resize(given.lanes === 'auto' ? Math.max(2, availableParallelism()) : given.lanes);
  const startMs = performance.now();
  const ticking = setInterval(() => tell(), tickMs);
  const tell = (type: 'progress' | 'status' = 'progress') => {
    const { bytes, entries: files } = board.totals();
    const elapsedMs = performance.now() - startMs;
    const totals = { totalBytes: Math.max(bytes, profile.bytes), totalFiles: files, walkEnded: false };
    report({ type, progress: { bytes, files, ...totals, lanes: lanes.count, elapsedMs } });
  };
  try {
    using _status = control.onStatus(() => tell('status'));
    using _lanes = control.onLanes((delta) => {
      lanes.resize(lanes.count + delta);
      feed();
    });
    feed();
    await ended.promise;
  } finally {
    clearInterval(ticking);
    control.signal.removeEventListener('abort', stop);
    await lanes.end();
  }
  control.signal.throwIfAborted();
  if (board.stopped) throw new TransferError('transient', 'cannot look at all of it: a place is gone');
  return profile;
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
