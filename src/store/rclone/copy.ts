/**
 * Many files copied by the rclone that serves the place, as one job with a list of names. What it can do more than a
 * run of its own: its connections, tokens and listings are those it has already, and nothing is started.
 */
import { TransferError } from '../../errors.ts';
import { abortedLater } from '../../work/abort.ts';
import { allHeard } from './all-heard.ts';
import { call } from './call.ts';
import { readCopied, readFailed } from './copied.ts';
import { type Daemon, placeName } from './daemon.ts';
import { cleaned, isUnreached } from './fault.ts';
import { createListing } from './listing.ts';
import { Refusal } from './refusal.ts';

export type Errand = {
  /** as rclone writes them; undefined: the place that it serves */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** at both ends, as rclone writes them */
  readonly names: readonly string[];
  /** settings of rclone's for this job */
  readonly config: Readonly<Record<string, unknown>>;
  /** for no longer than this it names no file: a place that is away fails it with each one for minutes, one after the other */
  readonly quietMs: number;
};

const always = { NoUpdateDirModTime: true, Transfers: 8 };
const mostUnreached = 3; // one after the other: each takes rclone half a minute
const stopMs = 2000;

let jobs = 0;

/**
 * Names each file when it is in its place. Resolves when the job has ended, whatever it could not do; rejects 'transient'
 * where that rclone went, or named none for too long or does not reach a place any more, and with the signal's reason, then as a rule when nothing is written
 * any more.
 */
export async function copyMany(
  daemon: Daemon,
  { from, to, names, config, quietMs }: Errand,
  copied: (name: string) => void,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  using listing = createListing(names);
  using quiet = createQuiet(quietMs);
  using _ = daemon.listen((line) => {
    const name = readCopied(line);
    if (name === undefined) return quiet.hear(readFailed(line));
    quiet.isOver();
    copied(name);
  });
  const words = {
    srcFs: from ?? placeName,
    dstFs: to ?? placeName,
    _config: { ...always, ...config },
    _filter: { FilesFromRaw: [listing.path] },
  };
  await work(daemon, words, AbortSignal.any([signal, quiet.signal]));
  await allHeard(daemon, signal);
}

/** A signal stops the job; whoever asked waits for that, so that nothing grows behind them. */
async function work(daemon: Daemon, words: object, signal: AbortSignal): Promise<void> {
  const group = `difpipe/${++jobs}`;
  const late = abortedLater(signal, stopMs);
  const stop = () => {
    call(daemon, 'job/stopgroup', { group }, late).catch(() => undefined); // it went, or goes with us
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    await call(daemon, 'sync/copy', { ...words, _group: group }, late);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Refusal)) throw ended(error);
  } finally {
    signal.removeEventListener('abort', stop);
  }
  signal.throwIfAborted();
}

/** Aborts with 'transient' when for so long it was not said to be over, or files fail because their place is not reached. */
function createQuiet(ms: number) {
  const controller = new AbortController();
  const end = (message: string) => controller.abort(new TransferError('transient', message));
  const timer = setTimeout(() => end(`rclone copied no file for ${Math.round(ms / 1000)} s`), ms);
  let unreached = 0;
  return {
    signal: controller.signal,
    isOver() {
      unreached = 0;
      timer.refresh();
    },
    hear(why: string | undefined) {
      if (why === undefined || !isUnreached(why)) return;
      if (++unreached === mostUnreached) end(`rclone copies no file any more: '${cleaned(why)}'`);
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

function ended(cause: unknown): TransferError {
  return new TransferError('transient', 'rclone was ended while it copied', { cause });
}
