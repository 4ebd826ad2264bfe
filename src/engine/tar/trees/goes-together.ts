/** Which of what find told goes in a batch; the rest is left for somebody who takes more time. */
import * as c from '../../../work/posix/constants.ts';
import { tellsAlike } from '../can-carry.ts';
import type { FoundRecords } from './found-records.ts';
import type { UnpackSetup } from './unpack-words.ts';

/** Of what is no directory; names that begin with `tag` are ours, and for others to refuse. */
export function isSimple(
  { type, size, seconds, name }: FoundRecords,
  { how, inlineBytes }: Pick<UnpackSetup, 'how' | 'inlineBytes'>,
  tag: Buffer,
): boolean {
  if (type === c.S_IFSOCK || !tellsAlike(seconds) || (type === c.S_IFREG && size > inlineBytes)) return false;
  if (!how.keep.specials && type !== c.S_IFREG && type !== c.S_IFLNK) return false;
  return !name.subarray(0, tag.length).equals(tag);
}
