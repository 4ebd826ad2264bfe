import type { Preserve } from '../../request.ts';
import type { Batches } from '../../store/batch.ts';
import type { Entry } from '../../store/entry.ts';
import type { Stat } from '../../work/posix/stat.ts';

const second = 1_000_000_000n;
const latest = 2n ** 31n * second; // beyond, SFTP does not tell the time of what arrived, or another one

/** Below a directory of ours; no call reaches more than 4,095 bytes, and a tar that is given many of them never ends. */
const mostPathBytes = 3900;

export function isReached({ length }: Uint8Array): boolean {
  return length <= mostPathBytes;
}

/** Whether an entry can be compared with what arrives of it in a batch, and nothing of what it replaces is to stay. */
export function takesFor({ mode }: Preserve): Batches['takes'] {
  return (entry, replaced) => takes(entry) && (mode || replaced?.kind !== 'file');
}

function takes(entry: Entry): boolean {
  if (!isReached(entry.path)) return false;
  if (entry.kind === 'socket') return false;
  const isSpecial = entry.kind !== 'file' && entry.kind !== 'symlink'; // which may be made in no other way
  return isSpecial || settles(entry);
}

/** Whether its time is one that both sides tell alike. */
export function settles({ mtimeNs }: Entry): boolean {
  return mtimeNs !== undefined && mtimeNs >= 0n && mtimeNs < latest;
}

/** The same of a time in whole seconds since 1970. */
export function tellsAlike(seconds: number): boolean {
  return seconds >= 0 && seconds < 2 ** 31;
}

/** What has a time that SFTP can tell, as near as it goes; the same where that is so already. */
export function tellable(stat: Stat): Stat {
  const { mtimeSeconds } = stat;
  if (mtimeSeconds >= 0 && mtimeSeconds < 2 ** 32) return stat;
  const near = stat.copy();
  near.words[28] = mtimeSeconds < 0 ? 0 : -1;
  near.words[29] = 0;
  near.words[30] = 0;
  return near;
}
