/**
 * A write that is under way changed the times of its file when it began, and nothing says when it ends. Nor do two
 * changes at nearly the same time have different times on every system. So a file that changed a moment ago is
 * given a moment before it is read: what is looked at before and after is worth nothing otherwise.
 */
import type { Stat } from '../../../work/posix/stat.ts';

const momentMs = 50;
const never = new Int32Array(new SharedArrayBuffer(4));

/** Waits a moment if the file changed in the last one; true says that it has to be looked at again. */
export function letRest(stat: Stat): boolean {
  if (!isRestless(stat)) return false;
  Atomics.wait(never, 0, 0, momentMs);
  return true;
}

/** It changed in the last moment; what comes out of the future is the time of another clock. */
export function isRestless(stat: Stat): boolean {
  const nowMs = Date.now();
  return !isBefore(stat, nowMs - momentMs) && isBefore(stat, nowMs + momentMs);
}

function isBefore(stat: Stat, ms: number): boolean {
  const seconds = Math.floor(ms / 1000);
  return stat.isUnchangedSince(seconds, (ms - seconds * 1000) * 1_000_000);
}
