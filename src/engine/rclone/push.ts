/**
 * Batches to a place of rclone's, from a directory of this machine or another such place: one job of rclone's for all
 * files whose names are free, which leaves alone what has one by then, and one for those that replace something.
 * Directories are there with what is in them; those that hold nothing are made.
 */
import type { Topic } from '../../report/events.ts';
import type { Batches, Carried, Carry, Load } from '../../store/batch.ts';
import { type FileEntry, noMetadata } from '../../store/entry.ts';
import { splitPath } from '../../store/path.ts';
import { toRclone } from '../../store/rclone/names.ts';
import { each } from '../../work/each.ts';
import { pathKey } from '../../work/posix/path.ts';
import { copyFiles } from './files.ts';
import { budget, type Copying } from './setup.ts';

const directoriesAtOnce = 16;

export function createPush(copying: Copying): Batches {
  return {
    budget,
    takes: ({ kind, path }) => kind === 'directory' || (kind === 'file' && toRclone(path) !== undefined),
    settles: () => true, // nothing of a directory is kept there
    carry: (load, moved, signal) => push(copying, load, moved, signal),
    sweep: async () => undefined, // each directory is, when it is entered
  };
}

async function push(
  copying: Copying,
  { entries }: Load,
  moved: (bytes: number) => Promise<void>,
  signal: AbortSignal,
): Promise<Carried> {
  const files = entries.filter(({ entry }) => entry.kind === 'file');
  const ofThem = (isOver: boolean) => files.filter(({ replaces }) => (replaces !== undefined) === isOver);
  const copy = (some: readonly Carry[], how: object) => {
    const config = { ...how, PartialSuffix: copying.how.suffix.own };
    return copyFiles(copying, { files: some, to: undefined, config }, moved, signal);
  };
  const made = await copy(ofThem(false), { IgnoreExisting: true });
  const replaced = await copy(ofThem(true), { IgnoreTimes: true });
  const arrived = made.union(replaced);
  const there = await makeDirectories(copying, entries, arrived, signal);
  return {
    left: new Set(entries.filter((one) => !arrived.has(one) && !there.has(one))),
    lost: lostOf(copying, arrived),
    isDressed: () => true,
  };
}

function lostOf({ to, how }: Copying, arrived: ReadonlySet<Carry>): Partial<Record<Topic, number>> {
  const lost: Partial<Record<Topic, number>> = {};
  for (const { entry } of arrived)
    for (const topic of to.carrier!.lostOf(entry as FileEntry, how.keep))
      lost[topic] = (lost[topic] ?? 0) + 1;
  return lost;
}

/** Which of the directories are there now. Where the place has none, nobody asks. */
async function makeDirectories(
  { dest }: Copying,
  entries: readonly Carry[],
  arrived: ReadonlySet<Carry>,
  signal: AbortSignal,
): Promise<Set<Carry>> {
  const there = new Set<Carry>();
  if (!dest.makeDirectory) return there;
  const used = above(arrived);
  for (const level of levelsOf(entries.filter(({ entry }) => entry.kind === 'directory')))
    await each(directoriesAtOnce, level, signal, async (one) => {
      const { path } = one.entry;
      const isThere =
        used.has(pathKey(path)) || (await dest.makeDirectory!(path, noMetadata, signal).then(yes, no));
      if (isThere) there.add(one);
    });
  return there;
}

const yes = () => true;
const no = () => false; // it is tried alone, which says why

/** All directories that something arrived in. */
function above(arrived: ReadonlySet<Carry>): Set<string> {
  const found = new Set<string>();
  for (const { entry } of arrived)
    for (
      let { dir } = splitPath(entry.path);
      dir.length > 0 && !found.has(pathKey(dir));
      { dir } = splitPath(dir)
    )
      found.add(pathKey(dir));
  return found;
}

/** The ones that others are in first. */
function levelsOf(directories: readonly Carry[]): Carry[][] {
  const levels: Carry[][] = [];
  for (const one of directories) {
    const depth = one.entry.path.reduce((slashes, byte) => slashes + (byte === 0x2f ? 1 : 0), 0);
    levels[depth] ??= [];
    levels[depth].push(one);
  }
  return levels.filter((level) => level !== undefined);
}
