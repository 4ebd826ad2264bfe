/** A way that rsync goes: between two places of this machine, or one here and one behind SSH. */

import { randomBytes } from 'node:crypto';
import { askFar, findTools, type Tools } from '../engine/rsync/program/tools.ts';
import { rsync } from '../engine/rsync/rsync.ts';
import type { End as RsyncEnd, RsyncSetup } from '../engine/rsync/setup.ts';
import { TransferError } from '../errors.ts';
import type { Places } from '../location/location.ts';
import { inWords } from '../report/in-words.ts';
import type { TransferRequest } from '../request.ts';
import type { OpenStore } from '../store/open.ts';
import type { Shell } from '../store/shell.ts';
import type { RunFar } from '../work/far-process.ts';
import { heardLater } from '../work/heard-later.ts';
import { type Between, type End, openBetween, roundTripOf } from './between.ts';
import { destinationOf } from './destination.ts';
import { foresee, makesTree } from './foresee.ts';
import { type Known, sizes } from './local-setup.ts';
import { mustNotCompress } from './may-batch.ts';
import { destOf } from './stores-setup.ts';
import { patience } from './waits.ts';
import type { Opens, Way } from './way.ts';

/** Throws 'unsupported' where rsync cannot go it, or is not at both ends. */
export async function openRsync(
  { source: from, dest: to }: Places,
  request: TransferRequest,
  { open, waits }: Opens,
  signal: AbortSignal,
): Promise<Way> {
  if (request.oneFileSystem)
    throw new TransferError('unsupported', '--one-file-system and --strategy rsync do not go together', {
      hint: 'leave other file systems out with --exclude',
    });
  mustNotCompress(request.compress);
  let asked: Promise<string> | undefined;
  const meets = (run: RunFar) => {
    asked = heardLater(askFar(run, signal));
  };
  const asking: OpenStore = (place, end) =>
    open(place, end, {
      movesMuch: foresee(from, place, request).movesMuch,
      makes: end === 'dest' && makesTree(from, request), // which finds out whether it tells upper from lower case
      makesBare: request.preserve.acls,
      meets,
      waits,
    });
  await using stack = new AsyncDisposableStack();
  const between = stack.use(
    await openBetween(
      from,
      to,
      {
        open: asking,
        patience: patience(request.retries, waits),
        make: !request.dryRun,
        keepsMode: request.preserve.mode,
      },
      signal,
    ),
  );
  const { source, dest } = between;
  const ends = { from: endOf(source), to: endOf(dest) };
  refuseOther(between, ends);
  const shells = { from: shellOf(ends.from), to: shellOf(ends.to) };
  const tools = await findTools(request.searchPath, shells, signal, asked);
  const kept = stack.move();
  return {
    ends: { source, dest, roundTripMs: roundTripOf(between) },
    isNew: between.isNew,
    from: { single: source.name, ...destinationOf(dest) },
    unkept: unkeptOf(request, tools),
    carries: tools,
    comparesAttributes: false,
    move: (known, order, telling) =>
      rsync({ ...order, setup: tried(setupOf(between, { ...ends, tools }, request, known), dest) }, telling),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

export function endOf({ kind, store, dir }: End): RsyncEnd {
  if (kind === 'local') return { kind: 'here', dir };
  if (store.shell) return { kind: 'far', shell: store.shell };
  throw new TransferError('unsupported', 'rsync cannot go there: no program can be run at the far end', {
    hint: 'choose another --strategy',
  });
}

export function shellOf(end: RsyncEnd): Shell | undefined {
  return end.kind === 'far' ? end.shell : undefined;
}

function refuseOther({ source, dest }: Between, { from, to }: Pick<RsyncSetup, 'from' | 'to'>): void {
  const hint = 'choose another --strategy';
  if (from.kind === 'far' && to.kind === 'far')
    throw new TransferError('unsupported', 'rsync does not copy from one remote place to another', { hint });
  if (source.name && dest.name && Buffer.compare(source.name, dest.name) !== 0)
    throw new TransferError('unsupported', 'rsync does not give one file another name here', { hint });
}

function unkeptOf({ preserve }: TransferRequest, { xattrs, acls }: Tools): string | undefined {
  const words = [
    preserve.xattrs && !xattrs && 'extended attributes',
    preserve.acls && !acls && 'access control lists',
  ];
  return inWords(words) || undefined;
}

/** With what a disk of this machine was found to hold. */
function tried(setup: RsyncSetup, dest: End): RsyncSetup {
  const trial = setup.dryRun ? undefined : Buffer.from(`${setup.ownTag}trial`);
  return { ...setup, dest: destOf(dest, trial) };
}

type Found = Pick<RsyncSetup, 'from' | 'to' | 'tools'>;

export function setupOf(
  { source, dest, isNew }: Between,
  found: Found,
  request: TransferRequest,
  known: Known,
): RsyncSetup {
  const { key, sweep, spared, suspectSince } = known;
  const tag = `.difpipe-${key.slice(0, 12)}-`;
  return {
    ...found,
    source: source.store,
    dest: dest.store,
    searchPath: request.searchPath,
    options: request.rsyncOptions,
    room: `${tag}rsync`,
    single: source.name && dest.name,
    rootIsNew: isNew,
    rules: request.rules,
    keep: request.preserve,
    dryRun: request.dryRun,
    checksum: request.checksum,
    verbose: request.verbose || request.dryRun,
    retries: request.retries,
    tag,
    ownTag: `${tag}${randomBytes(6).toString('hex')}-`,
    sweep,
    spared,
    suspectSince,
    bytesPerSecond: request.bytesPerSecond,
    ...sizes,
  };
}
