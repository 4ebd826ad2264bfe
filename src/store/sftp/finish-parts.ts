/** How a large file that has all its ranges gets its metadata and its name. */

import { heardLater } from '../../work/heard-later.ts';
import * as c from '../../work/posix/constants.ts';
import type { Metadata } from '../entry.ts';
import type { Finished, FinishHow } from '../parts.ts';
import { beside, type RelativePath, splitPath } from '../path.ts';
import { dressAndName, dressByName } from './by-name.ts';
import { printOf, typeOf } from './entry.ts';
import { must, type Reach } from './fault.ts';
import { type Dressed, hasTime, isRisky, unkeptOf } from './give.ts';
import { mustBeFirm, onFirm } from './ground.ts';
import { type Found, mustBeFile } from './open-partial.ts';
import { openFile } from './opened.ts';
import { type Naming, namingOf } from './partial.ts';
import { lookAt, removeFile } from './protocol/requests.ts';
import { createWindow } from './range.ts';
import { finishFile, named, written } from './write.ts';

type Finishing = FinishHow & { readonly durable: boolean };

/**
 * May be done again: one that was finished, of which only the answer was lost, is told as it is. What is asked by names goes at
 * once, where no symlink can be on the way; what turns out not to be ours loses its name again.
 */
export async function finish(
  reach: Reach,
  partial: RelativePath,
  path: RelativePath,
  { metadata, replaces, directory, durable }: Finishing,
  signal: AbortSignal,
): Promise<Finished> {
  const naming = { ...namingOf(partial, path), replaces };
  const firm = () => mustBeFirm(reach, path, 'write', signal);
  const both = must(lookAtBoth(reach, partial, path, signal), reach, path, 'write');
  const byName = reach.sftp.dress && !durable && !isRisky(metadata);
  const wearName = () => dressAndName(reach, naming, { metadata, directory, firm }, signal);
  const early = byName && splitPath(path).dir.length === 0 ? wearName() : undefined;
  const [begun, there] = await onFirm(firm(), both);
  const remove = (one: RelativePath) =>
    must(removeFile(reach.sftp.client, reach.root.whole(one), signal), reach, path, 'write');
  const before = finishedBefore(begun, there, metadata);
  if (before && !begun) return written(reach, path, before);
  if (before) {
    const wear = () => must(dressByName(reach, partial, metadata, signal), reach, path, 'write');
    const dressed = before.unkept.length > 0 ? await (early?.dressed ?? wear()) : before; // it was named before that
    await remove(partial);
    return written(reach, path, dressed);
  }
  try {
    mustBeFile(reach, partial, begun);
  } catch (error) {
    if (await early?.named) await remove(path);
    throw error;
  }
  const asked = early ?? (byName ? wearName() : undefined);
  const dressed = await (asked?.dressed ?? dressOpen(reach, naming, { metadata, durable }, signal));
  const took = await asked?.named;
  if (took === 'linked') return { ...written(reach, path, dressed), tidied: heardLater(remove(partial)) };
  if (took) return { ...written(reach, path, dressed), isSettled: (await asked?.settled) ?? false };
  await named(reach, naming, firm, durable, signal);
  return written(reach, path, dressed);
}

async function dressOpen(
  reach: Reach,
  naming: Naming,
  how: { readonly metadata: Metadata; readonly durable: boolean },
  signal: AbortSignal,
): Promise<Dressed> {
  const { sftp } = reach;
  using file = await openFile(reach, beside(naming.path, naming.partial), 'write', signal);
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
