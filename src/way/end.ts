/** One end of a way: the Store that is read or written, and what the place is called however it was typed. */
import { TransferError } from '../errors.ts';
import type { RouteEnd } from '../journal/key.ts';
import { formatLocation } from '../location/format.ts';
import type { Location } from '../location/location.ts';
import { parentOf } from '../location/parent.ts';
import { show } from '../report/show.ts';
import type { Store } from '../store/store.ts';

export type End = RouteEnd & {
  /** the directory that is read or written */
  readonly store: Store;
  /** what that is called there */
  readonly dir: Uint8Array;
  /** of one entry instead of a tree */
  readonly name: Uint8Array | undefined;
};

const slash = Buffer.from('/');

/** `name` is an entry of the place, where not all of it is meant. Throws 'usage' where no directory can be. */
export async function endOf(
  place: Location,
  store: Store,
  name: Uint8Array | undefined,
  signal: AbortSignal,
): Promise<End> {
  const dir = store.canonical ? await store.canonical(signal) : Buffer.from(formatLocation(place));
  if (!dir) throw noParent(place);
  const path = name ? Buffer.concat([dir, slash, name]) : dir;
  return { kind: place.kind, store, dir, name, canonical: Buffer.concat([Buffer.from(hostOf(place)), path]) };
}

function hostOf(place: Location): string {
  return place.kind === 'ssh' ? `${place.user ?? ''}@${place.host}:${place.port ?? ''}\0` : '';
}

/** The same for all ways to type a place. */
export function spotOf({ canonical, store: { host } }: End): Buffer {
  if (host === undefined) return Buffer.from(canonical);
  return Buffer.concat([Buffer.from(host), canonical.subarray(canonical.indexOf(0))]);
}

/** Of a canonical end: where it is, and its path. */
export function shown(end: Buffer): string {
  const at = end.indexOf(0);
  const host = at < 0 ? '' : `${end.subarray(0, at).toString().replace(/^@|:$/g, '')}:`;
  return host + show(end.subarray(at + 1));
}

function noParent(place: Location): TransferError {
  const above = parentOf(place)?.place ?? place;
  return new TransferError('usage', `there is no directory ${formatLocation(above)}`, {
    hint: 'make it with mkdir -p, or choose another destination',
  });
}
