import type { Entry } from '../../store/store.ts';

const second = 1_000_000_000n;
const latest = 2n ** 32n * second; // beyond, SFTP does not tell the time of what arrived

/** Whether an entry arrives in a batch as it is, and can be compared with what arrived. */
export function isPlain({ kind, mtimeNs }: Entry): boolean {
  if (kind === 'socket') return false;
  return mtimeNs !== undefined && mtimeNs >= 0n && mtimeNs < latest;
}
