/**
 * What is remembered of a destination that is not settled. A run that was left, or that lost a barrier, may leave
 * unfinished files there, and bytes that look right and were never on the disk. That holds, over any number of
 * runs, until one that saw to the same entries, or to all, went through without a failure.
 */
import { bootId } from './journal/holder.ts';
import type { Journal } from './journal/journal.ts';
import type { Unsettled } from './journal/types.ts';
import type { TransferRequest } from './request.ts';

export type Doubts = {
  /** names of ours may lie about at the destination, and what looks done may not be durable */
  readonly sweep: boolean;
  /** ns since 1970: what changed at the destination since may have lost its bytes; 0 never */
  readonly suspectSince: bigint;
};

/** File systems keep times as coarsely as 2 s, so what happened a moment before may be what is meant. */
export const coarseNs = 2_000_000_000n;

/** To be called before a run writes anything: from now on the destination is not settled. */
export function unsettle(journal: Journal, request: TransferRequest): Doubts {
  const before = journal.unsettled;
  const now = before ? continued(before, scopeOf(request)) : begun(scopeOf(request));
  journal.unsettled = now;
  const sweep = before !== undefined || journal.rescued !== undefined || journal.lastRun() === undefined;
  return { sweep, suspectSince: now.isDoubtful ? since(now) : 0n };
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

function begun(scope: string): Unsettled {
  return { sinceMs: Date.now(), bootId: bootId(), isDoubtful: false, scope };
}

/** A clock that was set back says nothing of when it was. */
function continued(before: Unsettled, scope: string): Unsettled {
  return {
    sinceMs: before.sinceMs > Date.now() ? 0 : before.sinceMs,
    bootId: bootId(),
    isDoubtful: before.isDoubtful || before.bootId !== bootId(),
    scope: before.scope === scope ? scope : everything,
  };
}

/** 1 is "always": 0 would be never. */
function since({ sinceMs }: Unsettled): bigint {
  const ns = BigInt(sinceMs) * 1_000_000n - coarseNs;
  return ns > 0n ? ns : 1n;
}

const everything = '';

function scopeOf({ rules, filesFrom, oneFileSystem }: TransferRequest): string {
  const isAll = rules.length === 0 && filesFrom === undefined && !oneFileSystem;
  return isAll ? everything : JSON.stringify({ rules, filesFrom, oneFileSystem });
}
