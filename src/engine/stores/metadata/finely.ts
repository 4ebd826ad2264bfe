/** Times with their fractions of a second, which an SFTP server does not tell, and a program beside it does. */
import type { Entry } from '../../../store/entry.ts';
import type { Lane } from '../lane.ts';
import { floor } from './clock.ts';

const second = 1_000_000_000n;

/** Whole seconds, as SFTP tells them. */
function told(ns: bigint): bigint {
  return BigInt.asUintN(32, floor(ns, second));
}

/** The entry as it was looked at alone, with what a list told of its time, or a program tells now. */
export async function finely<T extends Entry>(
  { setup: { source, keep }, signal }: Lane,
  entry: T,
  listed = entry.finelyNs,
): Promise<T> {
  const { mtimeNs } = entry;
  if (mtimeNs === undefined || !keep.times || !source.finelyOf) return entry;
  const isWithin = (ns: bigint | undefined) => ns !== undefined && told(ns) === told(mtimeNs);
  const finelyNs = isWithin(listed) ? listed : await source.finelyOf(entry, signal);
  return isWithin(finelyNs) ? { ...entry, finelyNs } : entry;
}
