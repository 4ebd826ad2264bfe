/** What rsync does not reach: it handles whole paths, which no call takes beyond 4,095 bytes, and complains of none below. */
import { TransferError } from '../../../errors.ts';
import { show } from '../../../report/show.ts';
import type { Entry } from '../../../store/entry.ts';
import type { End, RsyncSetup } from '../setup.ts';

/** What it adds to a name of a file that is not whole yet takes some of it. */
const mostBytes = 3900;
/** Somewhere beyond, an rsync that fetches takes the names it asked for to be others, and does none of them. */
const mostFetched = 2400;

export function isTooLong({ path }: Entry, { from, to }: Pick<RsyncSetup, 'from' | 'to'>): boolean {
  if (from.kind === 'far' && path.length > mostFetched) return true;
  return path.length + Math.max(rootOf(from).length, rootOf(to).length) > mostBytes;
}

export function tooLong({ path }: Entry): TransferError {
  return new TransferError('unsupported', `cannot copy ${show(path)}: rsync takes no path as long as that`, {
    hint: 'choose another --strategy',
  });
}

function rootOf(end: End): Uint8Array {
  return end.kind === 'here' ? end.dir : end.shell.root;
}
