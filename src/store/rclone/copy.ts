/**
 * Many files copied by the rclone that serves the place, as one job with a list of names. What it can do more than a
 * run of its own: its connections, tokens and listings are those it has already, and nothing is started.
 */
import { TransferError } from '../../errors.ts';
import { abortedLater } from '../../work/abort.ts';
import { allHeard } from './all-heard.ts';
import { call } from './call.ts';
import { readCopied } from './copied.ts';
import { type Daemon, placeName } from './daemon.ts';
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
const stopMs = 2000;

let jobs = 0;

/**
 * Names each file when it is in its place. Resolves when the job has ended, whatever it could not do; rejects 'transient'
 * where that rclone went, or named none for too long, and with the signal's reason, then as a rule when nothing is written
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
    if (name === undefined) return;
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

/** Aborts with 'transient' when it was not said for so long that it is over. */
function createQuiet(ms: number) {
  const controller = new AbortController();
  const message = `rclone copied no file for ${Math.round(ms / 1000)} s`;
  const timer = setTimeout(() => controller.abort(new TransferError('transient', message)), ms);
  return {
    signal: controller.signal,
    isOver: () => void timer.refresh(),
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

function ended(cause: unknown): TransferError {
  return new TransferError('transient', 'rclone was ended while it copied', { cause });
}
