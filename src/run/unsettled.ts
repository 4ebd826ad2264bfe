/**
 * What is remembered of a destination that is not settled. A run that was left, or that lost a barrier, may leave
 * unfinished files there, and bytes that look right and were never on the disk. That holds, over any number of
 * runs, until one that saw to the same entries, or to all, went through without a failure.
 */
import { bootId as bootIdHere } from '../journal/holder.ts';
import type { Journal } from '../journal/journal.ts';
import type { Unsettled } from '../journal/types.ts';
import type { TransferRequest } from '../request.ts';
import type { Destination } from '../way/destination.ts';
import { everything, scopeOf } from './scope.ts';

export type Doubts = {
  /** names of ours may lie about at the destination, and what looks done may not be durable */
  readonly sweep: boolean;
  /** ns since 1970: what changed at the destination since may have lost its bytes; 0 never */
  readonly suspectSince: bigint;
  /** and not what changed from then on; undefined: all that did */
  readonly suspectUntil: bigint | undefined;
  /** another directory is where the destination was: nothing that was done is there */
  readonly isElsewhere: boolean;
};

/** File systems keep times as coarsely as 2 s, so what happened a moment before may be what is meant. */
export const coarseNs = 2_000_000_000n;

/**
 * To be called before a run writes anything to the directory `place`, on the machine that was started as `bootId`
 * says: from now on it is not settled.
 */
export function unsettle(
  journal: Journal,
  request: TransferRequest,
  { place, bootId, clock }: Destination,
): Doubts {
  const before = journal.unsettled;
  const nowMs = Math.floor(clock());
  const here = { scope: scopeOf(request), place, bootId: bootId ?? bootIdHere(), isOpen: true };
  const now = before
    ? continued(before, here, nowMs)
    : { sinceMs: nowMs, untilMs: nowMs, isDoubtful: false, ...here };
  journal.unsettled = now;
  const sweep = before !== undefined || journal.rescued !== undefined || journal.lastRun() === undefined;
  const isElsewhere = before !== undefined && before.place !== here.place;
  const suspectUntil = before && !before.isOpen ? until(now) : undefined;
  return { sweep, suspectSince: now.isDoubtful ? since(now) : 0n, suspectUntil, isElsewhere };
}

/** A barrier failed: nothing that was written since is believed. */
export function doubt(journal: Journal): void {
  const before = journal.unsettled;
  if (before) journal.unsettled = { ...before, isDoubtful: true, untilMs: undefined };
}

const elsewhere = 'elsewhere';

/** The destination is another directory than the run wrote to: where nobody knows which it was, no other one is it. */
export function forsake(journal: Journal): void {
  const before = journal.unsettled;
  if (before?.place === '') journal.unsettled = { ...before, place: elsewhere };
}

/** The time of this machine as the destination's clock has it, less what its file system may round away. */
export function byItsClock(ns: bigint, { clock }: Destination): bigint {
  return atLeastOne(ns + BigInt(Math.floor(clock() - Date.now())) * 1_000_000n - coarseNs);
}

/** A run went through, and nothing failed. */
export function settle(journal: Journal, request: TransferRequest, isSynced: boolean): void {
  if (isAbout(journal, request)) journal.unsettled = undefined;
  else settleMost(journal, request, isSynced);
}

/**
 * A run looked at everything it was about, and what it wrote is on the disk, with what others had written there before. What failed,
 * or it was not about, may still be what an earlier one left: as long as there is some, leftovers are looked for, and what was in
 * doubt and was not written anew remains so.
 */
export function settleMost(journal: Journal, request: TransferRequest, isSynced: boolean): void {
  const now = journal.unsettled;
  if (now?.untilMs === undefined) return;
  if (isSynced || now.isDoubtful || isAbout(journal, request)) journal.unsettled = { ...now, isOpen: false };
}

function isAbout(journal: Journal, request: TransferRequest): boolean {
  const scope = scopeOf(request);
  return scope === everything || scope === journal.unsettled?.scope;
}

type Here = Pick<Unsettled, 'scope' | 'place' | 'bootId' | 'isOpen'>;

/** A clock that was set back says nothing of when it was. */
function continued(before: Unsettled, here: Here, nowMs: number): Unsettled {
  const isOver = !before.isOpen && !before.isDoubtful;
  const sinceMs = isOver ? nowMs : before.sinceMs;
  return {
    ...here,
    sinceMs: sinceMs > nowMs ? 0 : sinceMs,
    untilMs: before.isOpen || isOver ? nowMs : before.untilMs,
    isDoubtful: before.isDoubtful || (before.isOpen && before.bootId !== here.bootId),
    scope: before.scope === here.scope ? here.scope : everything,
  };
}

/** Lists of hosts say only in which second it was: what began in it was after the machine had been started again. */
function until({ sinceMs, untilMs }: Unsettled): bigint | undefined {
  if (untilMs === undefined || sinceMs === 0) return undefined;
  return BigInt(Math.floor(untilMs / 1000)) * 1_000_000_000n;
}

function since({ sinceMs }: Unsettled): bigint {
  return atLeastOne(BigInt(sinceMs) * 1_000_000n - coarseNs);
}

/** 1 is "always": 0 would be never. */
function atLeastOne(ns: bigint): bigint {
  return ns > 0n ? ns : 1n;
}
