/** Large files behind SFTP, by ranges: each is written through a handle of its own, so no connection has to last. */

import { heardLater } from '../../work/heard-later.ts';
import * as c from '../../work/posix/constants.ts';
import type { Body, Range } from '../body.ts';
import { notWhole } from '../body-faults.ts';
import type { Metadata } from '../entry.ts';
import { beside, type RelativePath, splitPath } from '../path.ts';
import type { BeginHow, Parts } from '../store.ts';
import { printOf, typeOf } from './entry.ts';
import { must, type Reach, trouble, whyNot } from './fault.ts';
import { createFresh } from './fresh.ts';
import { type Dressed, give, hasTime, isRisky, keepGroup, unkeptOf } from './give.ts';
import { type Ground, onFirm } from './ground.ts';
import { parentPath } from './names.ts';
import { type Opened, opened } from './opened.ts';
import { createPartial, dropPartial, type Naming } from './partial.ts';
import type { Attributes } from './protocol/attributes.ts';
import { flag } from './protocol/numbers.ts';
import { lookAt, open, removeFile, setOpen } from './protocol/requests.ts';
import { createWindow, writeRange } from './range.ts';
import type { Way } from './reach.ts';
import { holdDirectory } from './sync.ts';
import { wearerOf } from './wearer.ts';
import { finishFile, named, type Written, written } from './write.ts';

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
  const made = createFresh();
  return {
    rangeBytes: (size) => (size > mostAtOnce ? rangeBytes : mostAtOnce),
    begin: async (path, how, signal) => {
      const reach = await way.reach(signal);
      const partial = await begin(reach, ground, path, { ...how, durable: way.isDurable() }, signal);
      made.add(partial);
      return partial;
    },
    put: async (partial, range, body, signal) => {
      using reach = await way.reachAlone(signal);
      const how = { range, body, durable: way.isDurable(), isNew: made.has(partial) };
      await put(reach, ground, partial, how, signal);
    },
    finish: async (partial, path, how, signal) => {
      const reach = await way.reach(signal);
      return finish(reach, ground, partial, path, { ...how, durable: way.isDurable() }, signal);
    },
    drop: async (partial, signal) => {
      const reach = await firm(partial, signal);
      await must(dropPartial(reach, namingOf(partial, partial), signal), reach, partial, 'remove');
    },
  };
}

async function begin(
  reach: Reach,
  ground: Ground,
  path: RelativePath,
  how: BeginHow & { readonly durable: boolean },
  signal: AbortSignal,
): Promise<RelativePath> {
  const holding = heardLater(how.durable ? holdDirectory(reach, path, signal) : Promise.resolve(undefined));
  using file = await createPartial(reach, ground, { path, ...how }, true, signal);
  const { sftp } = reach;
  try {
    await Promise.all([
      setOpen(sftp.client, file.handle, { size: how.size }, signal),
      how.durable && sftp.fsync?.(file.handle, signal),
      file.close(signal),
    ]);
    using directory = await holding;
    await directory?.sync();
    return beside(path, how.partial);
  } catch (error) {
    throw await whyNot(error, reach, path, 'write', signal);
  }
}

type Putting = {
  readonly range: Range;
  readonly body: Body;
  readonly durable: boolean;
  /** the file was made here within a second */
  readonly isNew: boolean;
};

async function put(
  reach: Reach,
  ground: Ground,
  partial: RelativePath,
  { range, body, durable, isNew }: Putting,
  signal: AbortSignal,
): Promise<void> {
  const { sftp } = reach;
  using file = await openPartial(reach, ground, partial, isNew, signal);
  const writing = { sftp, handle: file.handle, window: createWindow() };
  try {
    for await (const one of within(body, range, signal)) {
      const isWhole = await writeRange(writing, one, body.open(one, signal), signal, !body.data);
      if (!isWhole) throw notWhole(reach.root.show(partial), body.size);
    }
    const synced = durable && sftp.fsync?.(file.handle, signal);
    await Promise.all([writing.window.all(), synced, file.close(signal)]);
  } catch (error) {
    throw await whyNot(error, reach, partial, 'write', signal);
  }
}

/** What of the range is data: the rest is a hole since it began, and so is what turns out to be zeros. */
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
  ground: Ground,
  partial: RelativePath,
  path: RelativePath,
  { metadata, replaces, durable }: Parameters<Parts['finish']>[2] & { readonly durable: boolean },
  signal: AbortSignal,
): Promise<Written> {
  const parent = parentPath(path);
  const firm = () => ground.mustBeFirm(reach, parent, 'write', signal);
  const both = must(lookAtBoth(reach, partial, path, signal), reach, path, 'write');
  const wears = reach.sftp.dress && !durable && !isRisky(metadata);
  const dress = () => must(dressUnopened(reach, partial, metadata, signal), reach, path, 'write');
  const early = wears && parent.length === 0 ? dress() : undefined; // no symlink can be on the way
  early?.catch(() => undefined); // heard once it is known to be ours
  const [begun, there] = await onFirm(firm(), both);
  const before = finishedBefore(begun, there, metadata);
  if (before) {
    if (begun)
      await must(removeFile(reach.sftp.client, reach.root.whole(partial), signal), reach, path, 'write');
    return written(reach, path, before);
  }
  const naming = { ...namingOf(partial, path), replaces };
  mustBeFile(reach, partial, begun);
  const dressed = await (wears
    ? (early ?? dress())
    : dressOpen(reach, naming, { metadata, durable }, signal));
  await named(reach, naming, firm, durable, signal);
  return written(reach, path, dressed);
}

/** By its name, without following a symlink: a round trip or two less than through a handle. */
async function dressUnopened(
  { sftp, root }: Reach,
  partial: RelativePath,
  metadata: Metadata,
  signal: AbortSignal,
): Promise<Dressed> {
  const wearer = wearerOf(sftp, root.whole(partial), signal);
  return keepGroup(wearer, await give(wearer, metadata, sftp.us), metadata, sftp.us);
}

async function dressOpen(
  reach: Reach,
  naming: Naming,
  how: { readonly metadata: Metadata; readonly durable: boolean },
  signal: AbortSignal,
): Promise<Dressed> {
  const { sftp } = reach;
  using file = await openFile(reach, beside(naming.path, naming.partial), signal);
  const writing = { sftp, handle: file.handle, window: createWindow(), file };
  return await must(finishFile(reach, naming, writing, how, signal), reach, naming.path, 'write'); // open till then
}

type Found = Attributes | undefined;

function lookAtBoth({ sftp, root }: Reach, partial: RelativePath, path: RelativePath, signal: AbortSignal) {
  const look = (one: RelativePath) => lookAt(sftp.client, root.whole(one), signal);
  return Promise.all([look(partial), look(path)]);
}

/**
 * What has the name, where it was finished and the answer was lost: the partial file is gone, or a link to it was
 * made and looks the same. Nothing but its time tells; without one it is not believed.
 */
function finishedBefore(begun: Found, named: Found, metadata: Metadata): Dressed | undefined {
  const isDone = named && typeOf(named) === c.S_IFREG && hasTime(named, metadata);
  if (!isDone || (begun && printOf(begun) !== printOf(named))) return undefined;
  return { attributes: named, unkept: unkeptOf(metadata, named) };
}

/** Looks first: opening would follow a symlink. What was made here just now is opened behind the look, and not used before. */
async function openPartial(
  reach: Reach,
  ground: Ground,
  partial: RelativePath,
  isNew: boolean,
  signal: AbortSignal,
): Promise<Opened> {
  const { sftp, root } = reach;
  const firm = ground.mustBeFirm(reach, parentPath(partial), 'write', signal);
  const looking = must(lookAt(sftp.client, root.whole(partial), signal), reach, partial, 'write');
  const early = isNew ? openFile(reach, partial, signal) : undefined;
  early?.catch(() => undefined); // heard when it is known to be a file of ours
  try {
    mustBeFile(reach, partial, await onFirm(firm, looking));
  } catch (error) {
    early?.then((file) => file[Symbol.dispose]()).catch(() => undefined);
    throw error;
  }
  return early ?? openFile(reach, partial, signal);
}

function mustBeFile({ root }: Reach, partial: RelativePath, found: Found): void {
  if (!found) throw trouble(root, partial, 'write', 'missing', 'what was begun is not there any more');
  if (typeOf(found) !== c.S_IFREG)
    throw trouble(root, partial, 'write', 'conflict', 'it is not a file of ours');
}

function openFile(reach: Reach, partial: RelativePath, signal: AbortSignal): Promise<Opened> {
  const { sftp, root } = reach;
  const ask = () => open(sftp.client, root.whole(partial), { flags: flag.WRITE }, signal);
  return must(opened(sftp, sftp.turns.write, ask, signal), reach, partial, 'write');
}

function namingOf(partial: RelativePath, path: RelativePath): Naming {
  return { path, partial: splitPath(partial).name, replaces: undefined };
}
