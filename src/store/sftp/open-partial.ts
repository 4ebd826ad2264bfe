/** The partial file of a large one, opened again by its name, of which a symlink may have taken hold meanwhile. */

import * as c from '../../work/posix/constants.ts';
import type { RelativePath } from '../path.ts';
import { typeOf } from './entry.ts';
import { must, type Reach, trouble } from './fault.ts';
import { mustBeFirm, onFirm } from './ground.ts';
import { type Opened, openFile } from './opened.ts';
import type { Attributes } from './protocol/attributes.ts';
import { lookAt } from './protocol/requests.ts';

/** What a name has on the server, where it has anything. */
export type Found = Attributes | undefined;

/** Looks first: opening would follow a symlink. What was made here just now is opened behind the look, and not used before. */
export async function openPartial(
  reach: Reach,
  partial: RelativePath,
  isNew: boolean,
  signal: AbortSignal,
): Promise<Opened> {
  const { sftp, root } = reach;
  const firm = mustBeFirm(reach, partial, 'write', signal);
  const looking = must(lookAt(sftp.client, root.whole(partial), signal), reach, partial, 'write');
  const early = isNew ? openFile(reach, partial, 'write', signal) : undefined;
  early?.catch(() => undefined); // heard when it is known to be a file of ours
  try {
    mustBeFile(reach, partial, await onFirm(firm, looking));
  } catch (error) {
    early?.then((file) => file[Symbol.dispose]()).catch(() => undefined);
    throw error;
  }
  return early ?? openFile(reach, partial, 'write', signal);
}

/** Throws where what was begun is gone, or something else has its name. */
export function mustBeFile({ root }: Reach, partial: RelativePath, found: Found): void {
  if (!found) throw trouble('write', root.show(partial), 'missing', 'what was begun is not there any more');
  if (typeOf(found) !== c.S_IFREG)
    throw trouble('write', root.show(partial), 'conflict', 'it is not a file of ours');
}
