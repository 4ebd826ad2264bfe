/** A file is dressed, and named, by its name: a round trip or two less than through a handle, and in order all the same. */

import { heardLater } from '../../work/heard-later.ts';
import type { Metadata } from '../entry.ts';
import type { FinishHow } from '../parts.ts';
import { beside, type RelativePath, splitPath } from '../path.ts';
import { must, type Reach } from './fault.ts';
import { type Dressed, give, hasTime, keepGroup, type Wearer } from './give.ts';
import { amid, onFirm } from './ground.ts';
import { dressPath } from './make.ts';
import { type Naming, type Took, takeAtOnce } from './partial.ts';
import { removeFile } from './protocol/requests.ts';
import { wearerOf } from './wearer.ts';

type Dressing = Pick<FinishHow, 'metadata' | 'directory'> & { readonly firm: () => Promise<void> };

type Asked = {
  readonly dressed: Promise<Dressed>;
  readonly named: Promise<Took | undefined>;
  /** whether its directory has what it gets; undefined: it was not asked to */
  readonly settled: Promise<boolean> | undefined;
};

/**
 * Dressed, and then given its name if that is free, and then its directory dressed, without waiting in between: a server does it in
 * this order. Where the other name has yet to go, that is before the directory.
 */
export function dressAndName(
  reach: Reach,
  naming: Naming,
  { metadata, directory, firm }: Dressing,
  signal: AbortSignal,
): Asked {
  const { sftp, root } = reach;
  const partial = beside(naming.path, naming.partial);
  const wearer = wearerOf(sftp, root.whole(partial), signal);
  const given = heardLater(give(wearer, metadata, sftp.us));
  const undo = async (took: Took | undefined) =>
    took && removeFile(sftp.client, root.whole(naming.path), signal);
  const named = heardLater(onFirm(...amid(firm, () => takeAtOnce(reach, naming, signal)), undo));
  const settle = (like: Metadata) => dressPath(reach, splitPath(naming.path).dir, like, signal).then(yes, no);
  const settled = directory && sftp.renameFree && settle(directory);
  const dressed = async () => {
    const begun = { wearer, dressed: await given };
    return worn(reach, naming, { metadata, begun, took: await named }, signal);
  };
  return { dressed: heardLater(must(dressed(), reach, naming.path, 'write')), named, settled };
}

type Begun = { readonly wearer: Wearer; readonly dressed: Dressed };

/** What was refused at first is asked by the name that it has by then. */
async function worn(
  { sftp, root }: Reach,
  { path }: Naming,
  {
    metadata,
    begun: { wearer, dressed },
    took,
  }: { readonly metadata: Metadata; readonly begun: Begun; readonly took: Took | undefined },
  signal: AbortSignal,
): Promise<Dressed> {
  if (took !== 'renamed') return keepGroup(wearer, dressed, metadata, sftp.us);
  const now = wearerOf(sftp, root.whole(path), signal);
  const isTimed = metadata.mtimeNs === undefined || hasTime(dressed.attributes, metadata);
  const isWorn = isTimed && !dressed.unkept.includes('mode');
  const again = isWorn ? dressed : await give(now, metadata, sftp.us);
  return keepGroup(now, again, metadata, sftp.us);
}

const yes = () => true;
const no = () => false; // who asks for it anew says what is wrong

/** Without following a symlink: a round trip or two less than through a handle. */
export async function dressByName(
  { sftp, root }: Reach,
  partial: RelativePath,
  metadata: Metadata,
  signal: AbortSignal,
): Promise<Dressed> {
  const wearer = wearerOf(sftp, root.whole(partial), signal);
  return keepGroup(wearer, await give(wearer, metadata, sftp.us), metadata, sftp.us);
}
