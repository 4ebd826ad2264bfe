/** How much goes together in one rsync. */
import { isLong } from '../../../plan/route.ts';
import { namesIn } from '../../../store/named.ts';
import { isFar, type RsyncSetup } from '../setup.ts';
import type { Part } from './part.ts';

export const mostEntries = 2000;
const mostBytes = 256 * 1024 * 1024;
/** Where others wait for directories that are made with it. */
const mostAwaitedBytes = 16 * 1024 * 1024;
/** A file of this size has a Part of its own. */
export const largeBytes = 64 * 1024 * 1024;
/** A Part may become so many times as large, rather than leave a few directories of the last place to another. */
export const overTimes = 2;

/** Here each rsync costs three processes; far away it waits for some answers, so it carries more the farther it is. */
const manyTimes = { here: 8, near: 2, far: 5 } as const;

/** The first one is soon done, so that others have something to do; or it leaves them so many directories at once. */
const firstEntries = 500;
export const firstTrees = 8;
/** More than there are lanes, for directories are not alike; each costs an rsync, however little is in it. */
const firstPieces = { short: 2, long: 32 } as const;
const end = new Uint8Array(1);

export class PartSize {
  readonly #setup: RsyncSetup;

  constructor(setup: RsyncSetup) {
    this.#setup = setup;
  }

  /** The way is so short that no Part has to be larger for it. */
  get isShort(): boolean {
    return timesOf(this.#setup) === manyTimes.here;
  }

  /** Whether a Part is at least so many times as large as it should be. */
  isOver(
    part: Part,
    how: { readonly times: number; readonly isFirst: boolean; readonly isAwaited: boolean },
  ) {
    const entries = how.isFirst ? firstEntries : mostEntries * timesOf(this.#setup);
    const bytes = how.isAwaited ? mostAwaitedBytes : mostBytes;
    return part.entries.size >= how.times * entries || part.bytes >= how.times * bytes;
  }
}

function timesOf(setup: RsyncSetup): number {
  if (!isFar(setup)) return manyTimes.here;
  const { source, dest } = setup;
  const roundTripMs = (source.roundTripMs ?? 0) + (dest.roundTripMs ?? 0);
  return isLong({ roundTripMs }) ? manyTimes.far : manyTimes.near;
}

/** Names for those who come after the first one, as even as they come: over a short way fewer keep all busy. */
export function piecesOf(names: Uint8Array, way: 'short' | 'long'): Uint8Array[] {
  const all = [...namesIn(names)];
  const each = Math.ceil(all.length / firstPieces[way]);
  const lists: Uint8Array[] = [];
  for (let at = 0; at < all.length; at += each)
    lists.push(Buffer.concat(all.slice(at, at + each).flatMap((name) => [name, end])));
  return lists;
}
