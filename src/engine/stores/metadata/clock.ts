/** Times of entries at two stores, compared as finely as both tell them, and as far as the destination reaches. */

import type { Entry } from '../../../store/entry.ts';
import type { Store } from '../../../store/store.ts';
import type { StoresSetup } from '../setup.ts';

type Sides = Pick<StoresSetup, 'source' | 'dest'>;

const second = 1_000_000_000n;
const coarsestNs = 2n * second;
/** Less is what a file system cuts off. */
const finestNs = 10_000_000n;

/** False where one of them does not tell, or the source's is later. */
export function sameTime(source: Entry, dest: Entry, sides: Sides): boolean {
  const [a, b] = [timeOf(source), timeOf(dest)];
  if (a === undefined || b === undefined) return false;
  const wanted = nearest(a, sides);
  if (wanted !== a) return distance(wanted, b) < coarsestNs;
  const step = stepOf(sides);
  const isLater = floor(a, step) > floor(b, step); // what tells less of a time cuts it off, or rounds it up
  return (
    distance(a, b) < step && !isLater && !areApart(finely(source, sides.source), finely(dest, sides.dest))
  );
}

/** A time that is more than a second from what SFTP says of it is one that it has no room for. */
export function timeOf({ mtimeNs, finelyNs }: Pick<Entry, 'mtimeNs' | 'finelyNs'>): bigint | undefined {
  if (mtimeNs === undefined || finelyNs === undefined) return mtimeNs;
  return distance(finelyNs, mtimeNs) < second ? mtimeNs : finelyNs;
}

/** In whole steps, down. */
export function floor(ns: bigint, step: bigint): bigint {
  return (ns - (((ns % step) + step) % step)) / step;
}

/** Undefined where its fraction of a second is not known. */
function finely({ finelyNs, mtimeNs }: Entry, { timeStepNs = 1 }: Store): bigint | undefined {
  return finelyNs ?? (timeStepNs === 1 ? mtimeNs : undefined);
}

/** Whether they are two times, as far as fractions say: who gave the destination whole seconds may have left them out. */
function areApart(source: bigint | undefined, dest: bigint | undefined): boolean {
  if (source === undefined || dest === undefined || dest % second === 0n) return false;
  return distance(source, dest) >= finestNs;
}

/** What becomes of a time at the destination: it is kept, becomes coarser, or is beyond what can be told. */
export function lostTime(entry: Entry, sides: Sides): 'times' | 'clock' | undefined {
  const { finelyNs } = entry;
  const told = timeOf(entry);
  if (told === undefined) return undefined;
  if (nearest(told, sides) !== told) return 'times';
  const [time, step] =
    finelyNs === undefined ? [told, stepOf(sides)] : [finelyNs, BigInt(sides.dest.timeStepNs ?? 1)];
  return time % step === 0n ? undefined : 'clock';
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
