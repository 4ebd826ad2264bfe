/** How a large file that has all its ranges gets its metadata and its name. */

import * as c from '../../work/posix/constants.ts';
import type { Metadata, Written } from '../entry.ts';
import type { Parts } from '../parts.ts';
import { beside, type RelativePath } from '../path.ts';
import { printOf, typeOf } from './entry.ts';
import { must, type Reach } from './fault.ts';
import { type Dressed, give, hasTime, isRisky, keepGroup, unkeptOf } from './give.ts';
import { mustBeFirm, onFirm } from './ground.ts';
import { parentPath } from './names.ts';
import { type Found, mustBeFile, openFile } from './open-partial.ts';
import { type Naming, namingOf } from './partial.ts';
import { lookAt, removeFile } from './protocol/requests.ts';
import { createWindow } from './range.ts';
import { wearerOf } from './wearer.ts';
import { finishFile, named, written } from './write.ts';

/** May be done again: one that was finished, of which only the answer was lost, is told as it is. */
export async function finish(
  reach: Reach,
  partial: RelativePath,
  path: RelativePath,
  { metadata, replaces, durable }: Parameters<Parts['finish']>[2] & { readonly durable: boolean },
  signal: AbortSignal,
): Promise<Written> {
  const parent = parentPath(path);
  const firm = () => mustBeFirm(reach, parent, 'write', signal);
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
