/** Batches that a host with a shell gives: packed by its tar as they were asked for, and looked at again when it is done. */
import type { Carry } from '../../store/batch.ts';
import type { RelativePath } from '../../store/path.ts';
import type { Store } from '../../store/store.ts';
import { pathKey } from '../../work/posix/path.ts';
import { changedOf } from './changed-since.ts';
import type { FarPlace } from './far-place.ts';
import { bytesOf, type Layout } from './host/layout.ts';
import type { Script } from './host/script.ts';
import { noticesChanges, send, sendList } from './host/send.ts';
import { asItCame, type Taking } from './squeeze/squeezing.ts';

/** One end on another machine, and the store of the same place. */
export type FarSource = { readonly place: FarPlace; readonly store: Store };

/** What is run there, what it is given to read, and how what it writes is read. */
type Packing = { readonly script: Script; readonly list: Uint8Array; readonly read: Taking['read'] };

/** For all that was laid out, and those of its directories that it goes into. */
export async function packedBy(
  { place }: FarSource,
  layout: Layout,
  dirs: Iterable<RelativePath>,
  signal: AbortSignal,
): Promise<Packing> {
  const { root, tools } = place;
  const { squeeze, read } = (await place.squeezing?.takes(bytesOf(layout), signal)) ?? asItCame;
  const paths = layout.laid.map(({ carry }) => carry.entry.path);
  return { script: send({ root, tools, squeeze }), list: sendList([...dirs, ...paths]), read };
}

/** The directories that it goes into, each once. */
export function dirsOf({ places }: Layout): RelativePath[] {
  return [...new Map(places.map(({ dir }) => [pathKey(dir), dir])).values()];
}

/** Paths of what changed meanwhile, by the exit code of the tar there where that says it, else by what is there now. */
export async function changedMeanwhile(
  { place, store }: FarSource,
  entries: readonly Carry[],
  code: number | undefined,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const isSure = code === 0 && noticesChanges(place.tools);
  return isSure ? new Set() : await changedOf(entries, store, signal);
}
