/**
 * How a run begins: anew, with everything still to look at; or where it was left. A new run takes over what one
 * before it left half done at the destination, or takes it away.
 */

import { partialOf, rowOfBundle, staleRow } from './engine/parallel/rows.ts';
import { TransferError } from './errors.ts';
import { bootId } from './journal/holder.ts';
import type { Journal } from './journal/journal.ts';
import type { PartRow, RunRow } from './journal/types.ts';
import { firstBundles } from './profile/listed.ts';
import { emptyProfile } from './profile/profile.ts';
import { emptyTally } from './report/events.ts';
import type { TransferRequest } from './request.ts';

export type Begun = {
  readonly run: string;
  readonly resumed: RunRow | undefined;
  /** an earlier run, or this one before it was left, may have told what it left at the destination */
  readonly hasPast: boolean;
  /** names of ours may lie about at the destination */
  readonly sweep: boolean;
  /** ns since 1970: what changed at the destination since may have lost its bytes in a power cut; 0 never */
  readonly suspectSince: bigint;
  readonly spared: readonly string[];
};

type From = { readonly single: Uint8Array | undefined };

const rowsAtOnce = 100;

export async function begin(journal: Journal, request: TransferRequest, from: From): Promise<Begun> {
  const hasPast = journal.lastRun() !== undefined;
  const before = journal.unfinishedRun();
  const suspectSince = before && before.bootId !== bootId() ? BigInt(before.startedMs) * 1_000_000n : 0n;
  const sweep = before !== undefined || journal.rescued !== undefined;
  const begun =
    request.resume === undefined ? await anew(journal, request, from) : await again(journal, request, from);
  const spared = [...journal.pendingParts()].map(partialOf).filter((name) => name !== undefined);
  return { ...begun, hasPast, sweep, suspectSince, spared };
}

type Start = Pick<Begun, 'run' | 'resumed'>;

async function again(journal: Journal, request: TransferRequest, from: From): Promise<Start> {
  const resumed = journal.resumeRun(request.resume!);
  if (resumed.state === 'done')
    throw new TransferError('usage', `run ${resumed.id} is done: there is nothing to resume`);
  const hasParts = !journal.pendingParts().next().done || journal.countLinkGroups() > 0;
  if (!hasParts && !resumed.walkEnded) await seed(journal, request, from, []);
  return { run: resumed.id, resumed };
}

async function anew(journal: Journal, request: TransferRequest, from: From): Promise<Start> {
  const failed = request.filesFrom?.kind === 'failed' ? [...journal.failures(request.filesFrom.run)] : [];
  const stale = [...journal.pendingParts()]
    .map((row, at) => staleRow(at + 1, row))
    .filter((row) => row !== undefined);
  const { stateDir: _, resume: __, ...settings } = request;
  const run = journal.startRun({ settings: JSON.stringify(settings), predictedMs: undefined });
  await seed(
    journal,
    request,
    from,
    stale,
    failed.map(({ path }) => path),
  );
  return { run, resumed: undefined };
}

/** The first Parts of a run. */
async function seed(
  journal: Journal,
  request: TransferRequest,
  from: From,
  stale: readonly PartRow[],
  failed: readonly Uint8Array[] = [],
): Promise<void> {
  let id = stale.reduce((most, row) => Math.max(most, row.id), 0);
  let rows: PartRow[] = [...stale];
  for await (const bundle of firstBundles(request.filesFrom, from.single, failed)) {
    rows.push(rowOfBundle(++id, bundle, request.filesFrom?.kind === 'failed'));
    if (rows.length >= rowsAtOnce) tell(journal, rows.splice(0));
  }
  tell(journal, rows);
  rows = [];
}

function tell(journal: Journal, added: readonly PartRow[]): void {
  journal.commit({
    done: [],
    added,
    ranges: [],
    links: [],
    linksDone: [],
    left: [],
    leftEnd: [],
    failures: [],
    tally: emptyTally(),
    profile: emptyProfile(),
    walkEnded: false,
  });
}
