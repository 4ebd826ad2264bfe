import type { Entry } from '../../store/store.ts';

const second = 1_000_000_000n;
const latest = 2n ** 31n * second; // beyond, SFTP does not tell the time of what arrived, or another one

/** Whether an entry can be compared with what arrives of it in a batch. */
export function takes(entry: Entry): boolean {
  if (entry.kind === 'directory') return true;
  return entry.kind !== 'socket' && settles(entry);
}

/** Whether its time is one that both sides tell alike. */
export function settles({ mtimeNs }: Entry): boolean {
  return mtimeNs !== undefined && mtimeNs >= 0n && mtimeNs < latest;
}

/** The same of a time in whole seconds since 1970. */
export function tellsAlike(seconds: number): boolean {
  return seconds >= 0 && seconds < 2 ** 31;
}
