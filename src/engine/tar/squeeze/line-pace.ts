/**
 * Whether the line to a host is what holds batches up: known by its round trip, else by how long a megabyte takes
 * that way. Between near hosts a fast line is told from a slow one within a few dozen milliseconds. While this machine
 * has no time to spare, what takes long may be its own doing, and only a much slower line is called slow.
 */
import { formatRate } from '../../../report/size.ts';
import type { Shell } from '../../../store/shell.ts';
import { createIdleShare } from '../../../work/idle-processors.ts';
import { ask } from '../host/exchange.ts';

export type Pace = {
  readonly isNarrow: boolean;
  /** as a person reads it: `a round trip takes 20 ms` */
  readonly why: string;
};

export type Direction = 'there' | 'back';

const farMs = 10;
const narrowBytes = 20e6; // a second
const busyNarrowBytes = 8e6; // where others, or we, keep the processors busy
const leastIdle = 0.25;
const probeBytes = 1024 * 1024;
const tries = 3;
const lateMs = 1000;

/** Whether to ask takes less than is gained where so many bytes go, or went before somebody asked. */
export function isWorthAsking(
  bytes: number,
  { roundTripMs = 0 }: { readonly roundTripMs: number | undefined },
) {
  return roundTripMs >= farMs || bytes >= tries * probeBytes;
}

/** Resolves whatever happens: where it cannot be measured the line counts as fast. */
export async function paceOf(
  { run, roundTripMs }: Pick<Shell, 'run'> & { readonly roundTripMs: number | undefined },
  direction: Direction,
  signal: AbortSignal,
): Promise<Pace> {
  if (roundTripMs !== undefined && roundTripMs >= farMs)
    return { isNarrow: true, why: `a round trip takes ${Math.round(roundTripMs)} ms` };
  let best = 0;
  let isNarrow = true;
  for (let left = tries; left > 0 && isNarrow; left--) {
    const idle = createIdleShare();
    const late = AbortSignal.timeout(lateMs);
    const tookMs = await timeOf(run, direction, AbortSignal.any([signal, late])).catch(() => undefined);
    if (tookMs === undefined && !late.aborted)
      return { isNarrow: false, why: 'the line could not be measured' };
    best = Math.max(best, (probeBytes / (tookMs ?? lateMs)) * 1000);
    isNarrow = best < (idle() < leastIdle ? busyNarrowBytes : narrowBytes);
  }
  return { isNarrow, why: `it takes ${formatRate(best, 1000)}` };
}

const scripts = {
  there: `exec head -c ${probeBytes} >/dev/null`,
  back: `exec head -c ${probeBytes} /dev/urandom`,
} as const;

async function timeOf(run: Shell['run'], direction: Direction, signal: AbortSignal): Promise<number> {
  const input = direction === 'there' ? [new Uint8Array(probeBytes)] : [];
  let beganMs = 0;
  const begin: Shell['run'] = async (...words) => {
    const far = await run(...words);
    beganMs = performance.now();
    return far;
  };
  await ask(begin, { script: scripts[direction], args: [] }, { input, squeeze: 'none' }, signal);
  return Math.max(1, performance.now() - beganMs);
}
