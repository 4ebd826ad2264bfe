/** Times of entries at two stores, compared as finely as both tell them, and as far as the destination reaches. */
import type { Entry } from '../../store/store.ts';
import type { StoresSetup } from './setup.ts';

type Sides = Pick<StoresSetup, 'source' | 'dest'>;

const second = 1_000_000_000n;
const coarsestNs = 2n * second;

/** False where one of them does not tell. */
export function sameTime({ mtimeNs: a }: Entry, { mtimeNs: b }: Entry, sides: Sides): boolean {
  if (a === undefined || b === undefined) return false;
  const wanted = nearest(a, sides);
  return distance(wanted, b) < (wanted === a ? stepOf(sides) : coarsestNs);
}

/** What becomes of a time at the destination: it is kept, becomes coarser, or is beyond what can be told. */
export function lostTime({ mtimeNs }: Entry, sides: Sides): 'times' | 'clock' | undefined {
  if (mtimeNs === undefined) return undefined;
  if (nearest(mtimeNs, sides) !== mtimeNs) return 'times';
  return mtimeNs % stepOf(sides) === 0n ? undefined : 'clock';
}

function stepOf({ source, dest }: Sides): bigint {
  return BigInt(Math.max(source.timeStepNs ?? 1, dest.timeStepNs ?? 1));
}

function nearest(ns: bigint, { dest: { timeEnds } }: Sides): bigint {
  if (!timeEnds) return ns;
  const [earliest, latest] = [timeEnds.earliest, timeEnds.latest].map((seconds) => BigInt(seconds) * second);
  if (ns < earliest!) return earliest!;
  return ns >= latest! + second ? latest! : ns;
}

function distance(a: bigint, b: bigint): bigint {
  return a > b ? a - b : b - a;
}
