/** The directory that a run writes to, told apart from others, and the clocks of both ends. */
import { statSync } from 'node:fs';
import type { Store } from '../store/store.ts';
import type { End } from './end.ts';

/** Which directory the destination is, since when its machine runs, and what its clock shows. */
export type Destination = {
  readonly place: string;
  /** undefined: it is this machine, or one that does not tell */
  readonly bootId: string | undefined;
  /** at most what it shows, in ms since 1970, which may be another time than ours; 0 where nobody says */
  readonly clock: () => number;
};

/** Where a run begins: at one entry or the whole source, and which directory the destination is. */
export type From = Destination & {
  readonly single: Uint8Array | undefined;
  /** whether the destination is the same directory still: somebody may have moved it, or unmounted its disk */
  readonly isStill: IsStill;
};

/** Hosts are asked only where something was written. */
export type IsStill = (hasWritten: boolean, signal: AbortSignal) => boolean | Promise<boolean>;

export function fromOf({ source, dest }: { readonly source: End; readonly dest: End }): From {
  const { bootId, clock = () => 0 } = dest.store.shell ?? { bootId: undefined, clock: Date.now };
  const where =
    dest.kind === 'local' ? { place: placeOf(dest.dir), isStill: stillOf(dest.dir) } : farOf(dest.store);
  return { single: source.name, ...where, bootId, clock };
}

/** A connection that breaks now says nothing of the place. */
function farOf({ shell }: Pick<Store, 'shell'>): Pick<From, 'place' | 'isStill'> {
  const isStill: IsStill = async (hasWritten, signal) =>
    !hasWritten || ((await shell?.isStill?.(signal).catch(() => undefined)) ?? true);
  return { place: '', isStill };
}

/** Says "the same directory as then": it is not the one it was when its disk is another one, or is not mounted. */
export function placeOf(dest: Uint8Array): string {
  const stat = statSync(Buffer.from(dest), { bigint: true, throwIfNoEntry: false });
  return stat ? `${stat.ino} ${stat.birthtimeNs}` : '';
}

/**
 * Within a run, of one that is there already: where layers are put over each other, a directory gets another time of birth when it
 * is written to. One that cannot be looked at any more, as its disk is gone, is none.
 */
export function stillOf(dest: Uint8Array): () => boolean {
  const begun = directoryAt(dest);
  return () => begun === '' || directoryAt(dest) === begun;
}

function directoryAt(dest: Uint8Array): string {
  try {
    const { dev, ino } = statSync(Buffer.from(dest), { bigint: true });
    return `${dev} ${ino}`;
  } catch {
    return ''; // whatever is in the way
  }
}

/** A host's clock may have been put right since, a little at a time. */
const marginNs = 3_000_000_000n;

/** A time in ns since 1970, as the clock of the place has it where things changed; 0 and 1 are never and always. */
export function byClockOf({ shell }: Pick<Store, 'shell'>, since: bigint): bigint {
  if (!shell || since <= 1n) return since;
  const aheadMs = shell.clock ? Math.floor(shell.clock() - Date.now()) : 0;
  const ns = since + BigInt(aheadMs) * 1_000_000n - marginNs;
  return ns > 0n ? ns : 1n;
}
