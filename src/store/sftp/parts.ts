/** Large files behind SFTP, by ranges: each is written through a handle of its own, so no connection has to last. */
import * as c from '../../work/posix/constants.ts';
import { beside, type RelativePath, splitPath } from '../path.ts';
import type { BeginHow, Body, Metadata, Parts, Range } from '../store.ts';
import { printOf, typeOf } from './entry.ts';
import { must, type Reach, trouble, whyNot } from './fault.ts';
import { type Dressed, hasTime, unkeptOf } from './give.ts';
import type { Ground } from './ground.ts';
import { parentPath } from './names.ts';
import { flag } from './numbers.ts';
import { type Opened, opened } from './opened.ts';
import { become, createPartial, dropPartial, type Naming } from './partial.ts';
import { createWindow, writeRange } from './range.ts';
import type { Way } from './reach.ts';
import { lookAt, open, removeFile, setOpen } from './requests.ts';
import { holdDirectory } from './sync.ts';
import { finishFile, notWhole, type Written, written } from './write.ts';

/** Short, so that all connections are busy until the end. */
export const rangeBytes = 8 * 1024 * 1024;

/** Longer files go by ranges: beginning and ending one takes a dozen round trips. */
const mostAtOnce = 64 * 1024 * 1024;

export function partsOf(way: Way, ground: Ground): Parts {
  const firm = async (path: RelativePath, signal: AbortSignal) => {
    const reach = await way.reach(signal);
    await ground.mustBeFirm(reach, parentPath(path), 'write', signal);
    return reach;
  };
  return {
    rangeBytes: (size) => (size > mostAtOnce ? rangeBytes : mostAtOnce),
    begin: async (path, how, signal) => begin(await firm(path, signal), path, how, signal),
    put: async (partial, range, body, signal) => {
      using reach = await way.reachAlone(signal);
      await ground.mustBeFirm(reach, parentPath(partial), 'write', signal);
      await put(reach, partial, range, body, signal);
    },
    finish: async (partial, path, how, signal) =>
      finish(await firm(path, signal), partial, path, how, signal),
    drop: async (partial, signal) => {
      const reach = await firm(partial, signal);
      await must(dropPartial(reach, namingOf(partial, partial), signal), reach, partial, 'remove');
    },
  };
}

async function begin(
  reach: Reach,
  path: RelativePath,
  how: BeginHow,
  signal: AbortSignal,
): Promise<RelativePath> {
  const holding = holdDirectory(reach, path, signal);
  holding.catch(() => undefined); // heard when there is something to sync
  using file = await createPartial(reach, { path, ...how }, true, signal);
  const { sftp } = reach;
  try {
    await Promise.all([
      setOpen(sftp.client, file.handle, { size: how.size }, signal),
      sftp.fsync?.(file.handle, signal),
      file.close(signal),
    ]);
    using directory = await holding;
    await directory?.sync();
    return beside(path, how.partial);
  } catch (error) {
    throw await whyNot(error, reach, path, 'write', signal);
  }
}

async function put(reach: Reach, partial: RelativePath, range: Range, body: Body, signal: AbortSignal) {
  const { sftp } = reach;
  using file = await openPartial(reach, partial, signal);
  const writing = { sftp, handle: file.handle, window: createWindow() };
  try {
    for await (const one of within(body, range, signal)) {
      const isWhole = await writeRange(writing, one, body.open(one, signal), signal);
      if (!isWhole) throw notWhole(reach, partial, body.size);
    }
    await Promise.all([writing.window.all(), sftp.fsync?.(file.handle, signal), file.close(signal)]);
  } catch (error) {
    throw await whyNot(error, reach, partial, 'write', signal);
  }
}

/** What of the range is data. */
async function* within(body: Body, range: Range, signal: AbortSignal): AsyncGenerator<Range> {
  const end = range.offset + range.length;
  for await (const { offset, length } of body.data?.(signal) ?? [range]) {
    const first = Math.max(offset, range.offset);
    const last = Math.min(offset + length, end);
    if (first < last) yield { offset: first, length: last - first };
  }
}

async function finish(
  reach: Reach,
  partial: RelativePath,
  path: RelativePath,
  { metadata, replaces }: Parameters<Parts['finish']>[2],
  signal: AbortSignal,
): Promise<Written> {
  const looking = finishedBefore(reach, partial, path, metadata, signal);
  const before = await must(looking, reach, path, 'write');
  if (before) return written(reach, path, before);
  const naming = { ...namingOf(partial, path), replaces };
  using file = await openPartial(reach, partial, signal);
  const writing = { sftp: reach.sftp, handle: file.handle, window: createWindow(), file };
  const dressing = finishFile(reach, naming, writing, { metadata, durable: true }, signal);
  const dressed = await must(dressing, reach, path, 'write');
  await become(reach, naming, true, signal);
  return written(reach, path, dressed);
}

/**
 * What has the name, where it was finished and the answer was lost: the partial file is gone, or a link to it was
 * made and looks the same. Nothing but its time tells; without one it is not believed.
 */
async function finishedBefore(
  { sftp, root }: Reach,
  partial: RelativePath,
  path: RelativePath,
  metadata: Metadata,
  signal: AbortSignal,
): Promise<Dressed | undefined> {
  const looks = [partial, path].map((one) => lookAt(sftp.client, root.whole(one), signal));
  const [begun, named] = await Promise.all(looks);
  const isDone = named && typeOf(named) === c.S_IFREG && hasTime(named, metadata);
  if (!isDone || (begun && printOf(begun) !== printOf(named))) return undefined;
  if (begun) await removeFile(sftp.client, root.whole(partial), signal);
  return { attributes: named, unkept: unkeptOf(metadata, named) };
}

/** Looks first: opening would follow a symlink. */
async function openPartial(reach: Reach, partial: RelativePath, signal: AbortSignal): Promise<Opened> {
  const { sftp, root } = reach;
  const whole = root.whole(partial);
  const found = await must(lookAt(sftp.client, whole, signal), reach, partial, 'write');
  if (!found) throw trouble(root, partial, 'write', 'missing', 'what was begun is not there any more');
  if (typeOf(found) !== c.S_IFREG)
    throw trouble(root, partial, 'write', 'conflict', 'it is not a file of ours');
  const ask = () => open(sftp.client, whole, { flags: flag.WRITE }, signal);
  return must(opened(sftp, sftp.turns.write, ask, signal), reach, partial, 'write');
}

function namingOf(partial: RelativePath, path: RelativePath): Naming {
  return { path, partial: splitPath(partial).name, replaces: undefined };
}
