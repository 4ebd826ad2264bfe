/** Large files behind SFTP, by ranges: each is written through a handle of its own, so no connection has to last. */

import { heardLater } from '../../work/heard-later.ts';
import type { Body, Range } from '../body.ts';
import { notWhole } from '../body-faults.ts';
import { dataWithin } from '../data-within.ts';
import type { BeginHow, Parts } from '../parts.ts';
import { beside, type RelativePath } from '../path.ts';
import { must, type Reach, whyNot } from './fault.ts';
import { finish } from './finish-parts.ts';
import { createFresh } from './fresh.ts';
import { mustBeFirm } from './ground.ts';
import { parentPath } from './names.ts';
import { openPartial } from './open-partial.ts';
import { createPartial, dropPartial, namingOf } from './partial.ts';
import { setOpen } from './protocol/requests.ts';
import { createWindow, writeRange } from './range.ts';
import type { Way } from './reach.ts';
import { holdDirectory } from './sync.ts';

/** Short, so that all connections are busy until the end. */
export const rangeBytes = 8 * 1024 * 1024;

/** Longer files go by ranges: beginning and ending one takes a dozen round trips. */
const mostAtOnce = 64 * 1024 * 1024;

export function partsOf(way: Way): Parts {
  const firm = async (path: RelativePath, signal: AbortSignal) => {
    const reach = await way.reach(signal);
    await mustBeFirm(reach, parentPath(path), 'write', signal);
    return reach;
  };
  const made = createFresh();
  return {
    rangeBytes: (size) => (size > mostAtOnce ? rangeBytes : mostAtOnce),
    begin: async (path, how, signal) => {
      const reach = await way.reach(signal);
      const partial = await begin(reach, path, { ...how, durable: way.isDurable() }, signal);
      made.add(partial);
      return partial;
    },
    put: async (partial, range, body, signal) => {
      using reach = await way.reachAlone(signal);
      const how = { range, body, durable: way.isDurable(), isNew: made.has(partial) };
      await put(reach, partial, how, signal);
    },
    finish: async (partial, path, how, signal) => {
      const reach = await way.reach(signal);
      return finish(reach, partial, path, { ...how, durable: way.isDurable() }, signal);
    },
    drop: async (partial, signal) => {
      const reach = await firm(partial, signal);
      await must(dropPartial(reach, namingOf(partial, partial), signal), reach, partial, 'remove');
    },
  };
}

async function begin(
  reach: Reach,
  path: RelativePath,
  how: BeginHow & { readonly durable: boolean },
  signal: AbortSignal,
): Promise<RelativePath> {
  const holding = heardLater(how.durable ? holdDirectory(reach, path, signal) : Promise.resolve(undefined));
  using file = await createPartial(reach, { path, ...how }, true, signal);
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
  partial: RelativePath,
  { range, body, durable, isNew }: Putting,
  signal: AbortSignal,
): Promise<void> {
  const { sftp } = reach;
  using file = await openPartial(reach, partial, isNew, signal);
  const writing = { sftp, handle: file.handle, window: createWindow() };
  try {
    for await (const one of dataWithin(body, range, signal)) {
      const isWhole = await writeRange(writing, one, body.open(one, signal), signal, !body.data);
      if (!isWhole) throw notWhole(reach.root.show(partial), body.size);
    }
    const synced = durable && sftp.fsync?.(file.handle, signal);
    await Promise.all([writing.window.all(), synced, file.close(signal)]);
  } catch (error) {
    throw await whyNot(error, reach, partial, 'write', signal);
  }
}
