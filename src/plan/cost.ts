import type { EngineName } from './plan.ts';

/** What runs teach: times in milliseconds, and how many of the round trips that were counted are waited for. */
export const constants = [
  'setupMs',
  'perFileMs',
  'perByteMs',
  'perSkipMs',
  'perComparedMs',
  'perTrip',
] as const;
export type Constant = (typeof constants)[number];
type Times = Readonly<Record<Constant, number>>;

/**
 * What a run costs with one engine: set-up, each entry that is moved or made, each byte, each entry that is
 * looked at and left alone, each byte of files that are compared on both sides, and the round trips that the
 * engine's protocol waits for. `learn` corrects them after every run. The round trips follow from how the engine
 * works, and their time from the route.
 */
export type Cost = Times & {
  readonly engine: string;
  /** how far off each constant may be: the variance of its logarithm */
  readonly doubt: Times;
  /** how many runs taught it, but for tiny ones; 0: nothing was measured */
  readonly runs: number;
  /** when the last of them was, in ms since 1970 */
  readonly learntMs?: number;
};

/** What there is to do: `files` are entries of any kind that are moved or made, a directory on one machine for several. */
export type Work = {
  readonly files: number;
  readonly bytes: number;
  /** of these, in holes, which most engines do not move; absent: none */
  readonly holes?: number;
  readonly skipped: number;
  /** bytes of files of which only what changed is sent, beside the others; absent: none */
  readonly compared?: number;
  readonly roundTripMs: number; // to the far end, 0 on one machine
};

/**
 * Where nothing was measured: two cores, both trees in memory, which is the best one machine can do. Per entry
 * and per byte are the slopes between an empty tree, 20,000 empty files, 100,000 files of 4 KB and one file of
 * 1 GB; the first run on a real disk corrects them. What is left alone is compared and written down for the next run,
 * which then takes a third of it.
 */
const defaults: Readonly<Record<EngineName, Omit<Times, 'perComparedMs' | 'perTrip'>>> = {
  parallel: { setupMs: 100, perFileMs: 0.008, perByteMs: 0.6e-6, perSkipMs: 0.006 },
  tar: { setupMs: 10, perFileMs: 0.012, perByteMs: 2e-6, perSkipMs: 0.002 },
  proxy: { setupMs: 200, perFileMs: 0.02, perByteMs: 5e-6, perSkipMs: 0.01 },
  rsync: { setupMs: 40, perFileMs: 0.03, perByteMs: 2.3e-6, perSkipMs: 0.0035 },
  rclone: { setupMs: 55, perFileMs: 0.045, perByteMs: 4e-6, perSkipMs: 0.01 },
};

/** Another disk or machine may well be eight times slower or quicker, rarely sixty times. */
const firstDoubt = Math.log(8) ** 2;

type Trips = { readonly setup: number; readonly perFile: number; readonly perByte: number };

/** An SSH channel has at most 2 MB on the way. */
const channelBytes = 2 * 2 ** 20;

/**
 * Set-up is as counted on a line of 100 ms. Then waits for an answer, over what waits side by side: 64 entries and 8
 * ranges for parallel, 4 for rclone. tar and rsync send ahead and wait for nothing but the channel, of which tar has
 * as many as parallel; what proxy moves crosses two of them.
 */
const trips: Readonly<Record<EngineName, Trips>> = {
  parallel: { setup: 24, perFile: 4 / 64, perByte: 1 / (8 * channelBytes) },
  tar: { setup: 28, perFile: 0, perByte: 1 / (8 * channelBytes) },
  proxy: { setup: 16, perFile: 0, perByte: 2 / channelBytes },
  rsync: { setup: 18, perFile: 0, perByte: 1 / channelBytes },
  rclone: { setup: 6, perFile: 4 / 4, perByte: 1 / (4 * channelBytes) },
};

/** Farther than this it is a line between houses, and those rarely take more than 1 Gbit/s. */
const longMs = 5;
const perByteFar = { near: 3e-6, long: 9e-6 } as const;
/** To connect, and for each entry through encryption and the other side's file system: on loopback, two cores. */
const leastFar = { setupMs: 400, perFileMs: 0.04, perSkipMs: 0.012 } as const;

/** A request for each entry, which the service takes longer over than we: one on the same two cores. */
const leastAsked = { setupMs: 200, perFileMs: 0.5, perByteMs: 4e-6, perSkipMs: 0.03 } as const;
/** Twice that for a program that is started first, and does not know the service better than others. */
const rcloneTimes = 2;

/**
 * Of files that go by what changed in them both sides are read, one after the other, and checksums made of all: what two
 * cores do, in memory, with an rsync that has XXH3.
 */
export const comparedPerByteMs = 2e-6;

/** The same for all engines. */
const alike = { perComparedMs: comparedPerByteMs, perTrip: 1 } as const;

export const firstDoubts: Times = {
  setupMs: firstDoubt,
  perFileMs: firstDoubt,
  perByteMs: firstDoubt,
  perSkipMs: firstDoubt,
  perComparedMs: firstDoubt,
  perTrip: Math.log(2) ** 2, // they were counted
};

/** The way from one end to the other, as far as anybody knows. */
export type KnownWay = {
  readonly roundTripMs?: number;
  readonly bytesPerSecond?: number | undefined;
  /** each entry is a request to a service */
  readonly asksService?: boolean;
};

/** The constants to begin with, before any run taught others: over a network a byte takes what that does, or what was measured. */
export function defaultCost(
  engine: EngineName,
  { roundTripMs = 0, bytesPerSecond, asksService = false }: KnownWay = {},
): Cost {
  const doubt = firstDoubts;
  const here = { ...defaults[engine], ...alike };
  if (asksService) return { engine, ...asked(engine), doubt, runs: 0 };
  if (roundTripMs === 0) return { engine, ...here, doubt, runs: 0 };
  const guessed = roundTripMs < longMs ? perByteFar.near : perByteFar.long;
  const perByteMs = Math.max(here.perByteMs, bytesPerSecond === undefined ? guessed : 1000 / bytesPerSecond);
  const setupMs = Math.max(here.setupMs, leastFar.setupMs);
  const perFileMs = Math.max(here.perFileMs, leastFar.perFileMs);
  const perSkipMs = Math.max(here.perSkipMs, leastFar.perSkipMs);
  return { engine, ...alike, setupMs, perFileMs, perByteMs, perSkipMs, doubt, runs: 0 };
}

function asked(engine: EngineName): Times {
  const times = engine === 'rclone' ? rcloneTimes : 1;
  const { setupMs, perFileMs, perByteMs, perSkipMs } = leastAsked;
  return {
    ...alike,
    setupMs: setupMs * times,
    perFileMs: perFileMs * times,
    perByteMs: perByteMs * times,
    perSkipMs: perSkipMs * times,
  };
}

/** The time the work will take, in milliseconds. */
export function predictMs(cost: Cost, work: Work): number {
  const terms = termsOf(cost, work);
  return constants.reduce((sum, constant) => sum + terms[constant], 0);
}

/** What each constant adds to a prediction. */
export function termsOf(cost: Cost, work: Work): Times {
  const { files, skipped, compared = 0 } = work;
  return {
    setupMs: cost.setupMs,
    perFileMs: cost.perFileMs * files,
    perByteMs: cost.perByteMs * movedBy(cost, work),
    perSkipMs: cost.perSkipMs * skipped,
    perComparedMs: cost.perComparedMs * compared,
    perTrip: cost.perTrip * tripsOf(cost, work) * work.roundTripMs,
  };
}

/** rsync reads holes like all the rest, at both ends. */
function movedBy({ engine }: Cost, { bytes, holes = 0 }: Work): number {
  return engine === 'rsync' ? bytes : bytes - holes;
}

function tripsOf(cost: Cost, work: Work): number {
  const { setup, perFile, perByte } =
    (trips as Readonly<Record<string, Trips>>)[cost.engine] ?? trips.parallel;
  return setup + perFile * work.files + perByte * movedBy(cost, work);
}
