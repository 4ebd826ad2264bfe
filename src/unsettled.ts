/**
 * What is remembered of a destination that is not settled. A run that was left, or that lost a barrier, may leave
 * unfinished files there, and bytes that look right and were never on the disk. That holds, over any number of
 * runs, until one that saw to the same entries, or to all, went through without a failure.
 */
import { statSync } from 'node:fs';
import type { End } from './between.ts';
import { bootId as bootIdHere } from './journal/holder.ts';
import type { Journal } from './journal/journal.ts';
import type { Unsettled } from './journal/types.ts';
import type { TransferRequest } from './request.ts';
import { everything, scopeOf } from './scope.ts';

export type Doubts = {
  /** names of ours may lie about at the destination, and what looks done may not be durable */
  readonly sweep: boolean;
  /** ns since 1970: what changed at the destination since may have lost its bytes; 0 never */
  readonly suspectSince: bigint;
  /** another directory is where the destination was: nothing that was done is there */
  readonly isElsewhere: boolean;
};

/** File systems keep times as coarsely as 2 s, so what happened a moment before may be what is meant. */
export const coarseNs = 2_000_000_000n;

/** Which directory the destination is, and since when its machine runs. */
export type Ground = {
  readonly place: string;
  /** undefined: it is this machine, or one that does not tell */
  readonly bootId: string | undefined;
};

/**
 * To be called before a run writes anything to the directory `place`, on the machine that was started as `bootId`
 * says: from now on it is not settled.
 */
export function unsettle(journal: Journal, request: TransferRequest, { place, bootId }: Ground): Doubts {
  const before = journal.unsettled;
  const here = { scope: scopeOf(request), place, bootId: bootId ?? bootIdHere() };
  const now = before ? continued(before, here) : { sinceMs: Date.now(), isDoubtful: false, ...here };
  journal.unsettled = now;
  const sweep = before !== undefined || journal.rescued !== undefined || journal.lastRun() === undefined;
  const isElsewhere = before !== undefined && before.place !== here.place;
  return { sweep, suspectSince: now.isDoubtful ? since(now) : 0n, isElsewhere };
}

/** A barrier failed: nothing that was written since is believed. */
export function doubt(journal: Journal): void {
  const before = journal.unsettled;
  if (before) journal.unsettled = { ...before, isDoubtful: true };
}

/** A run went through, and nothing failed. */
export function settle(journal: Journal, request: TransferRequest): void {
  const scope = scopeOf(request);
  if (scope === everything || scope === journal.unsettled?.scope) journal.unsettled = undefined;
}

type Here = Pick<Unsettled, 'scope' | 'place' | 'bootId'>;

/** A clock that was set back says nothing of when it was. */
function continued(before: Unsettled, { scope, place, bootId }: Here): Unsettled {
  return {
    place,
    sinceMs: before.sinceMs > Date.now() ? 0 : before.sinceMs,
    bootId,
    isDoubtful: before.isDoubtful || before.bootId !== bootId,
    scope: before.scope === scope ? scope : everything,
  };
}

/** 1 is "always": 0 would be never. */
function since({ sinceMs }: Unsettled): bigint {
  const ns = BigInt(sinceMs) * 1_000_000n - coarseNs;
  return ns > 0n ? ns : 1n;
}

export function groundOf({ kind, dir, store }: End): Ground {
  return { place: kind === 'local' ? placeOf(dir) : '', bootId: store.shell?.bootId };
}

/** Says "the same directory as then": it is not the one it was when its disk is another one, or is not mounted. */
export function placeOf(dest: Uint8Array): string {
  const stat = statSync(Buffer.from(dest), { bigint: true, throwIfNoEntry: false });
  return stat ? `${stat.ino} ${stat.birthtimeNs}` : '';
}
