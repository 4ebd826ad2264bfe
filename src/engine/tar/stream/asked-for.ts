/** What of a stream was asked for: hostile names lead nowhere. */
import { TransferError } from '../../../errors.ts';
import { show } from '../../../report/show.ts';
import { itself, type RelativePath, relativePath } from '../../../store/path.ts';
import type { Member } from './member.ts';

const dot = 0x2e;
const slash = 0x2f;

/** Without the `./` before it and the slash behind, which some tars write. Throws 'refused' where it leads elsewhere. */
export function pathOf(member: Member, path: Uint8Array): RelativePath {
  let start = 0;
  while (path[start] === dot && (path[start + 1] === slash || path.length === start + 1)) start += 2;
  let end = path.length;
  while (end > start && path[end - 1] === slash) end--;
  const checked = end <= start ? itself : relativePath(path.subarray(start, end));
  if (!checked || path.length === 0) throw unasked(member);
  return checked;
}

/** The other side sends what it likes. */
export function unasked({ path }: Member): TransferError {
  return new TransferError('refused', `the other side sent ${show(path)}, which nobody asked for`, {
    hint: 'nothing of the batch was put in its place',
  });
}

export function cameTwice(path: Uint8Array): TransferError {
  return new TransferError('refused', `${show(path)} came twice from the other side`);
}
