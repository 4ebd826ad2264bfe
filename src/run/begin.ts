/**
 * How a run begins: anew, with everything still to look at; or where it was left. A new run takes over what one
 * before it left half done at the destination, or takes it away.
 */

import { partialOf, rowOfBundle, staleRow } from '../conduct/checkpoint/part-rows.ts';
import { TransferError } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { PartRow, RunRow } from '../journal/types.ts';
import { withDigest } from '../profile/list-digest.ts';
import { firstBundles } from '../profile/listed.ts';
import { emptyProfile } from '../profile/profile.ts';
import { emptyTally, type Report } from '../report/events.ts';
import { typed } from '../report/typed.ts';
import type { FilesFrom, TransferRequest } from '../request.ts';
import type { Destination, From } from '../way/destination.ts';
import { type Doubts, unsettle } from './unsettled.ts';

export type Begun = Doubts & {
  readonly run: string;
  readonly resumed: RunRow | undefined;
  /** an earlier run, or this one before it was left, may have told what it left at the destination */
  readonly hasPast: boolean;
};

type Beginning = Destination & Pick<From, 'single'> & { readonly report: Report };

const rowsAtOnce = 100;

/** Stands in the Journal as long as not all first Parts do. */
const moreToCome: PartRow = {
  id: 0,
  kind: 'names',
  dir: new Uint8Array(0),
  names: new Uint8Array(0),
  detail: '{}',
  ranges: null,
};

export async function begin(journal: Journal, request: TransferRequest, from: Beginning): Promise<Begun> {
  const hasPast = journal.lastRun() !== undefined;
  const begun =
    request.resume === undefined
      ? await anew(journal, request, from)
      : await again(journal, request, request.resume, from);
  return { ...begun, hasPast };
}

/** Unfinished files at the destination that Parts still need. */
export function spared(journal: Journal): string[] {
  return [...journal.pendingParts()].map(partialOf).filter((name) => name !== undefined);
}

type Start = Omit<Begun, 'hasPast'>;

async function again(
  journal: Journal,
  request: TransferRequest,
  id: string,
  from: Beginning,
): Promise<Start> {
  if (journal.runs().some((run) => run.id === id && run.state === 'done'))
    throw new TransferError('usage', `run ${id} is done: there is nothing to resume`);
  const { doubts, resumed } = journal.atOnce(() => ({
    doubts: unsettle(journal, request, from),
    resumed: journal.resumeRun(id),
  }));
  const pending = [...journal.pendingParts()].map((row) => row.id);
  const hasWork = pending.length > 0 || journal.countLinkGroups() > 0 || resumed.walkEnded;
  const isLost = doubts.isElsewhere || (request.durability === 'none' && doubts.suspectSince > 0n);
  if (hasWork && !isLost && pending[0] !== moreToCome.id) return { ...doubts, run: id, resumed };
  if (request.filesFrom) await mustBeTheList(request.filesFrom, id, request.namedStateDir);
  await seed(journal, firstRows(journal, request, from, []), () => tell(journal, pending, []));
  return {
    ...doubts,
    run: id,
    resumed: { ...resumed, tally: emptyTally(), profile: emptyProfile(), notices: {} },
  };
}

/** Throws 'usage' where the list that a run began with cannot be read again. */
async function mustBeTheList(
  filesFrom: FilesFrom,
  id: string,
  namedStateDir: string | undefined,
): Promise<void> {
  if (filesFrom.kind === 'failed') return;
  const isPiped = filesFrom.kind === 'file' && filesFrom.path === '-';
  const now = await withDigest(filesFrom);
  if (!isPiped && 'digest' in now && now.digest === (filesFrom.digest ?? now.digest)) return;
  const why = isPiped ? 'its list came from standard input' : 'what is in its list is not what it was';
  throw new TransferError('usage', `cannot resume run ${id}: ${why}`, {
    hint: `start the transfer again, with the list; ${typed(`runs forget ${id}`, namedStateDir)} gives it up`,
  });
}

async function anew(journal: Journal, request: TransferRequest, from: Beginning): Promise<Start> {
  const stale = [...journal.pendingParts()]
    .map((row, at) => staleRow(at + 1, row))
    .filter((row) => row !== undefined);
  const { stateDir: _, namedStateDir: __, resume: ___, searchPath: ____, ...settings } = request;
  return seed(journal, firstRows(journal, request, from, stale), () => {
    const doubts = unsettle(journal, request, from);
    const run = journal.startRun({ settings: JSON.stringify(settings), predictedMs: undefined });
    return { ...doubts, run, resumed: undefined };
  });
}

/** The first Parts of a run, after those that one before it left to take over. */
async function* firstRows(
  journal: Journal,
  { filesFrom }: TransferRequest,
  { single, report }: Beginning,
  stale: readonly PartRow[],
): AsyncGenerator<PartRow> {
  yield* stale;
  let id = stale.reduce((most, row) => Math.max(most, row.id), 0);
  const isRetry = filesFrom?.kind === 'failed';
  const failed = failedIn(journal, { filesFrom });
  for await (const bundle of firstBundles(filesFrom, single, { failed, report }))
    yield rowOfBundle(++id, bundle, isRetry);
}

/** What failed in the run that is tried again; nothing where another thing is done. */
export function failedIn(journal: Journal, { filesFrom }: Pick<TransferRequest, 'filesFrom'>): Uint8Array[] {
  if (filesFrom?.kind !== 'failed') return [];
  return [...journal.failures(filesFrom.run)].map(({ path }) => path);
}

/** Tells the Journal of the start and the rows, at once where they are few; left in between, it is begun anew. */
async function seed<T>(journal: Journal, rows: AsyncIterable<PartRow>, start: () => T): Promise<T> {
  let started: { readonly value: T } | undefined;
  let batch: PartRow[] = [];
  const flush = (isLast: boolean) =>
    journal.atOnce(() => {
      const isFirst = !started;
      started ??= { value: start() };
      if (isFirst && !isLast) batch.push(moreToCome);
      tell(journal, isLast && !isFirst ? [moreToCome.id] : [], batch);
      batch = [];
      return started.value;
    });
  for await (const row of rows) {
    if (batch.length >= rowsAtOnce) flush(false);
    batch.push(row);
  }
  return flush(true);
}

function tell(journal: Journal, done: readonly number[], added: readonly PartRow[]): void {
  journal.commit({
    done,
    added,
    ranges: [],
    links: [],
    linksDone: [],
    left: [],
    leftEnd: [],
    failures: [],
    tally: emptyTally(),
    profile: emptyProfile(),
    notices: {},
    walkEnded: false,
  });
}
