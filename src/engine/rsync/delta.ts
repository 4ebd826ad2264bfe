/** One file by rsync's delta, for an engine that moves all others: what changed in it goes, and no more. */
import { changedFault } from '../../conduct/faults/changed.ts';
import { TransferError } from '../../errors.ts';
import { textOf } from '../../report/show.ts';
import type { Delta, DeltaHow } from '../../store/delta.ts';
import { type FileEntry, noMetadata } from '../../store/entry.ts';
import { Patience } from '../../work/retry.ts';
import { Part } from './part/part.ts';
import { runRsync } from './program/child.ts';
import { readProgress } from './program/item.ts';
import { wordsFor } from './program/words.ts';
import type { RsyncSetup } from './setup.ts';
import { tellWrote } from './tell-wrote.ts';
import { verdictOn } from './verdict/verdict.ts';

/** Of another size, it is hardly an older state of it. */
const leastShare = 0.5;

const patience = { waitMs: 1000, mostWaitMs: 30_000, withinMs: Number.POSITIVE_INFINITY };

/**
 * Of files of so many bytes or more. `setup` waits for what both ends have; undefined where one of them has no rsync that
 * will do.
 */
export function createDelta(setup: () => Promise<RsyncSetup | undefined>, fromBytes: number): Delta {
  return {
    async takes(file, existing) {
      if (file.size < fromBytes || textOf(file.path) === undefined) return false;
      const share = existing.size / file.size;
      if (share < leastShare || share > 1 / leastShare) return false;
      return (await setup()) !== undefined;
    },
    carry: async (file, how, signal) => carry((await setup())!, file, how, signal),
  };
}

async function carry(setup: RsyncSetup, file: FileEntry, how: DeltaHow, signal: AbortSignal): Promise<void> {
  if (setup.to.kind === 'here')
    await setup.dest.makeDirectory!(how.room, { ...noMetadata, mode: 0o700 }, signal);
  const tries = new Patience({ ...patience, tries: setup.retries }, signal);
  for (;;) {
    try {
      return await once(setup, file, how, signal);
    } catch (error) {
      await tries.wait(error);
    }
  }
}

async function once(setup: RsyncSetup, file: FileEntry, how: DeltaHow, signal: AbortSignal): Promise<void> {
  const part = new Part();
  part.add(file);
  const errand = { dryRun: false, showsBytes: true, tempDir: textOf(how.room), partialDir: undefined };
  const keep = { ...setup.keep, sparse: setup.keep.sparse && mayHaveHoles(file) };
  const words = [...wordsFor({ ...setup, keep }, errand), '--ignore-times', '--no-implied-dirs'];
  let moved = 0;
  const said = (line: string) => {
    const bytes = readProgress(line) ?? 0;
    if (bytes > moved) how.moved(bytes - moved);
    moved = Math.max(moved, bytes);
  };
  const rooms = [textOf(how.room)!];
  const task = { setup, words, names: part.names, pace: how.pace, isHeavy: false, rooms, said };
  const ended = await runRsync(task, signal).finally(() => tellWrote(setup, part));
  const error = verdictOn(ended);
  if (error) throw error;
  if (ended.code === 0) return;
  const { kind, message } = changedFault(file.path);
  throw new TransferError(kind, ended.complaints.find((line) => line !== '') ?? message);
}

/** Looking for holes costs rsync a call for each KiB that it writes. */
function mayHaveHoles({ allocated, size }: FileEntry): boolean {
  return allocated === undefined || allocated < size;
}
