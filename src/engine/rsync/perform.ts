/** A lane's work: takes one job at a time, does it, and says what became of it. */

import type { Job } from '../../conduct/jobs.ts';
import type { Perform } from '../../conduct/lanes/async-lanes.ts';
import { isKind, TransferError } from '../../errors.ts';
import type { LinkGroup } from '../../journal/types.ts';
import type { Bundle } from '../../profile/bundle.ts';
import { relativePath } from '../../store/path.ts';
import { each } from '../../work/each.ts';
import { join, pathKey } from '../../work/posix/path.ts';
import { carry } from './carry.ts';
import type { Crewed } from './crew.ts';
import { Hand } from './hand.ts';
import { leaveLinked } from './part/far-links.ts';
import { gather } from './part/gather.ts';
import { Part } from './part/part.ts';
import { hopeless } from './tries.ts';

type WalkJob = Extract<Job, { kind: 'walk' }>;

const statsAtOnce = 32;

export function openHand(crewed: Crewed): Perform {
  const hand = new Hand(crewed);
  const { board } = crewed;
  return async (job, tell) => {
    hand.ledger.open(job.id);
    try {
      await work(hand, job, (bundle) => tell(job.id, bundle));
    } catch (error) {
      const isSaid = error instanceof TransferError && !isKind(error, ...hopeless);
      if (!board.stopped && !isSaid) throw error;
    }
    const became = hand.ledger.out;
    return board.stopped ? { ...became, stopped: true } : became;
  };
}

async function work(hand: Hand, job: Job, share: (bundle: Bundle) => void): Promise<void> {
  switch (job.kind) {
    case 'walk':
      return walk(hand, job, share);
    case 'links':
      return carry(hand, await partOf(hand, job.groups));
    case 'drop':
      return drop(hand, job.file.dir, job.file.partial);
    case 'begin':
    case 'range':
    case 'finish':
      hand.ledger.out.big = 'gone'; // another engine began it: rsync looks at the file itself
      return;
    case 'scan':
    case 'verify':
      throw new TransferError('unsupported', 'rsync only moves');
  }
}

async function walk(
  hand: Hand,
  { bundle, inline, alone, descend }: WalkJob,
  share: (bundle: Bundle) => void,
) {
  const how = { isCounted: !(inline || alone), linksToo: inline || alone, descend, share };
  const { part, late } = await gather(hand, bundle, how);
  await hand.crewed.leftovers.sweep(hand, bundle, part);
  hand.crewed.board.count(0, part.entries.size);
  const { from, keep, single } = hand.crewed.setup;
  if (from.kind === 'far' && keep.hardlinks && !single && !how.linksToo)
    await leaveLinked(hand, from.shell, part);
  try {
    await carry(hand, part);
  } finally {
    hand.ledger.out.rest.push(...late);
  }
}

/** All names of these files, in one list: rsync joins what is in it. */
async function partOf(hand: Hand, groups: readonly LinkGroup[]): Promise<Part> {
  const keys = groups.map(({ names }) => names.map(({ dir, name }) => pathKey(join(dir, name))));
  const part = new Part({ groups: keys });
  const names = groups.flatMap((group) => group.names);
  await each(statsAtOnce, names, hand.signal, async ({ dir, name }) => {
    const path = relativePath(join(dir, name))!;
    const entry = await hand.crewed.setup.source.stat(path, hand.signal);
    if (entry) return part.add(entry);
    hand.ledger.failed({
      path,
      kind: 'missing',
      message: 'it vanished while the run went on',
      hint: undefined,
    });
  });
  return part;
}

async function drop(hand: Hand, dir: Uint8Array, partial: string): Promise<void> {
  const path = partial === '' ? undefined : relativePath(join(dir, Buffer.from(partial)));
  if (!path) return;
  try {
    if (!(await hand.crewed.setup.dest.remove(path, hand.signal))) return;
    await dressAgain(hand, dir);
  } catch (error) {
    hand.failed(path, error);
  }
}

/** The times of a directory, after something in it was taken away. */
async function dressAgain(hand: Hand, dir: Uint8Array): Promise<void> {
  const entry = await hand.crewed.setup.source.stat(relativePath(dir)!, hand.signal);
  if (entry?.kind !== 'directory') return;
  const part = new Part({ root: dir.length === 0 ? entry : undefined });
  if (dir.length > 0) part.add(entry);
  await carry(hand, part);
}
