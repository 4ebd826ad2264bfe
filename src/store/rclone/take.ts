/**
 * Small files of a directory on this machine, many at once, which rclone reads by itself: fewer questions for each than
 * where it takes them from us. What fails is left to go alone, which says why.
 */
import type { Topic } from '../../report/events.ts';
import { textOf } from '../../report/show.ts';
import { each } from '../../work/each.ts';
import type { Batches, Carried, Carry, TakeHow } from '../batch.ts';
import type { Entry, FileEntry } from '../entry.ts';
import { isWanted, lostOf } from './carrier.ts';
import { copyFile } from './copy-file.ts';
import { toRclone } from './names.ts';
import { must, type Reach, remoteOf } from './reach.ts';
import { putWhole, type Where } from './stage.ts';

const atOnce = 32;

/** Undefined where rclone cannot carry what is wanted, or means another directory by this name. */
export function takeFrom(reach: Reach, root: Uint8Array, how: TakeHow): Batches | undefined {
  const { keep } = how;
  const srcFs = textOf(root);
  if (!isWanted(keep, reach.traits.tellsMetadata) || srcFs === undefined || srcFs !== toRclone(root))
    return undefined;
  const taking: Taking = { reach, srcFs, how, count: 0 };
  return {
    takes: ({ kind, path }) => kind === 'directory' || (kind === 'file' && toRclone(path) !== undefined),
    settles: () => true, // nothing of a directory is kept there
    carry: ({ entries }, moved, signal) => carry(taking, entries, moved, signal),
    sweep: async () => undefined, // each directory is, when it is entered
  };
}

type Taking = {
  readonly reach: Reach;
  readonly srcFs: string;
  readonly how: TakeHow;
  /** of the names of ours so far */
  count: number;
};

async function carry(
  taking: Taking,
  entries: readonly Carry[],
  moved: (bytes: number) => Promise<void>,
  signal: AbortSignal,
): Promise<Carried> {
  const left = new Set<Carry>();
  const lost: Partial<Record<Topic, number>> = {};
  const all = (kind: Entry['kind'], act: (one: Carry) => Promise<void>) =>
    each(
      atOnce,
      entries.filter(({ entry }) => entry.kind === kind),
      signal,
      async (one) => {
        await act(one).catch(() => left.add(one));
        signal.throwIfAborted();
      },
    );
  await all('directory', ({ entry }) => makeDirectory(taking, entry, signal));
  await all('file', async (one) => {
    const file = one.entry as FileEntry;
    await take(taking, one, signal);
    for (const topic of lostOf(taking.reach.traits, file, taking.how.keep))
      lost[topic] = (lost[topic] ?? 0) + 1;
    await moved(file.size);
  });
  return { left, lost, isDressed: () => true };
}

/** Where a remote has none, they are there with what is in them. */
async function makeDirectory({ reach }: Taking, { path }: Entry, signal: AbortSignal): Promise<void> {
  if (!reach.traits.hasDirectories) throw new Error('left to be passed over');
  const words = { remote: remoteOf(reach, path, 'make') };
  await must(reach, path, 'make', { call: 'operations/mkdir', words }, signal);
}

async function take(taking: Taking, { entry, replaces }: Carry, signal: AbortSignal): Promise<void> {
  const { reach, srcFs, how } = taking;
  const { path } = entry;
  const from = { srcFs, srcRemote: remoteOf(reach, path, 'write') };
  const metadata = { Metadata: reach.traits.tellsMetadata && how.keep.mode };
  const partial = () => Buffer.from(`${how.ownTag}r-${++taking.count}.part`);
  const give = (where: Where) => copyFile(reach, { from, ...where, name: path, metadata }, signal);
  await putWhole(reach, { path, partial, replaces }, give, signal);
}
