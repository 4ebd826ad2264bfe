/**
 * Both ends of a transfer on this machine, looked at before anything else: what is where, whether it goes into or
 * over what is there, and whether it is safe to begin. Makes the destination directory, never those above it.
 */
import { TransferError } from '../errors.ts';
import type { LocalPlace } from '../location/location.ts';
import { show } from '../report/show.ts';
import { type Entry, noMetadata } from '../store/entry.ts';
import { reach } from '../store/local/probe/must-list.ts';
import { openStore } from '../store/open.ts';
import { itself } from '../store/path.ts';
import type { Store } from '../store/store.ts';
import { directoryOf, inside, isInside, trimmed } from '../work/posix/path.ts';
import { userUmask } from '../work/umask.ts';
import { refuseSpecial } from './refuse-special.ts';

export type Ends = {
  /** the directory that is read, and the one that is written */
  readonly source: Uint8Array;
  readonly dest: Uint8Array;
  /** one entry instead of a tree: its name here and there */
  readonly single: { readonly from: Uint8Array; readonly to: Uint8Array } | undefined;
  /** what the route is known by */
  readonly canonical: { readonly source: Uint8Array; readonly dest: Uint8Array };
  /** the destination directory is not there yet, and a dry run does not make it */
  readonly isNew: boolean;
};

/** What becomes of a destination directory that is not there. */
export type Making = {
  readonly make: boolean;
  /** it gets the source's mode at the end; else its own is what the umask leaves of that */
  readonly keepsMode: boolean;
};

type Found = {
  readonly path: Buffer;
  readonly kind: Entry['kind'];
  readonly isTree: boolean;
  readonly mode: number | undefined;
};

const slash = 0x2f;

/** A source that goes nowhere yet. */
export async function openSource(source: LocalPlace, signal: AbortSignal): Promise<Ends> {
  const { path, isTree } = await find(source, signal);
  const { dir, name } = isTree ? { dir: path } : split(path);
  const dest = new Uint8Array(0);
  const single = name && { from: name, to: name };
  return { source: dir, dest, single, canonical: { source: dir, dest }, isNew: true };
}

/** Throws 'usage', 'denied', 'full', 'refused' or 'io'. */
export async function openEnds(
  source: LocalPlace,
  dest: LocalPlace,
  { make, keepsMode }: Making,
  signal: AbortSignal,
): Promise<Ends> {
  const { path: from, kind, isTree, mode } = await find(source, signal);
  await using store = await openStore(dest);
  const there = await store.stat(itself, signal);
  const goesInto = isTree || there?.kind === 'directory' || dest.path.at(-1) === slash;
  if (goesInto && there && there.kind !== 'directory') throw notDirectory(show(trimmed(dest.path)), isTree);
  if (!goesInto) refuseSpecial(there, kind, dest);
  const to = await canonical(store, signal);
  if (!to) throw noParent(dest.path);
  const isNew = goesInto && !there;
  const ends = isTree
    ? treeEnds(from, to, isNew)
    : singleEnds(from, goesInto ? Buffer.from(inside(to, split(from).name)) : to, isNew);
  if (isTree) reach(from);
  if (!isNew) reach(ends.dest);
  const made = { ...noMetadata, mode: isTree ? rootMode(mode, keepsMode) : undefined };
  if (isNew && make) await store.makeDirectory!(itself, made, signal);
  return ends;
}

/** What the root of a tree is made with: nobody else sees what is in it before it has the source's mode, if it gets that. */
export function rootMode(source: number | undefined, keepsMode: boolean): number | undefined {
  if (source === undefined) return undefined;
  return keepsMode ? 0o700 : (source & 0o777 & ~userUmask()) | 0o700;
}

async function find(source: LocalPlace, signal: AbortSignal): Promise<Found> {
  await using store = await openStore(source);
  const found = await store.stat(itself, signal);
  const path = found && (await canonical(store, signal));
  if (!path) throw new TransferError('usage', `there is no ${show(source.path)}`);
  const { kind, mode } = found;
  return { path, kind, isTree: kind === 'directory', mode };
}

/** Which every store of this machine knows. */
async function canonical(store: Store, signal: AbortSignal): Promise<Buffer | undefined> {
  const path = await store.canonical!(signal);
  return path && Buffer.from(path);
}

function treeEnds(source: Buffer, dest: Buffer, isNew: boolean): Ends {
  refuseOverlap(source, dest);
  return { source, dest, single: undefined, canonical: { source, dest }, isNew };
}

function singleEnds(source: Buffer, dest: Buffer, isNew: boolean): Ends {
  if (source.equals(dest)) throw same(show(source));
  const [from, to] = [split(source), split(dest)];
  const single = { from: from.name, to: to.name };
  return { source: from.dir, dest: to.dir, single, canonical: { source, dest }, isNew };
}

/** Throws 'refused' where a tree would go into itself, or a file over itself. */
export function refuseOverlap(source: Buffer, dest: Buffer, shown: (end: Buffer) => string = show): void {
  if (source.equals(dest)) throw same(shown(source));
  if (!isInside(source, dest)) return;
  throw inItself(shown(dest), shown(source));
}

/** `dest` is in `source`: both for people. */
export function inItself(dest: string, source: string): TransferError {
  return new TransferError('refused', `${dest} is inside ${source}: it would be copied into itself`, {
    hint: 'choose a destination outside of the source',
  });
}

/** Both ends are this place. */
export function same(place: string): TransferError {
  return new TransferError('refused', `source and destination are both ${place}`);
}

/** `place` is for people. */
export function notDirectory(place: string, isTree: boolean): TransferError {
  const [why, hint] = isTree
    ? [', and the source is one', 'name a directory as the destination']
    : ['', 'leave the last / out to replace it'];
  return new TransferError('usage', `${place} is not a directory${why}`, { hint });
}

function noParent(path: Uint8Array): TransferError {
  const { dir } = split(trimmed(path));
  return new TransferError('usage', `there is no directory ${show(dir)}`, {
    hint: 'is its disk mounted? if so, make it with mkdir -p',
  });
}

function split(path: Uint8Array): { readonly dir: Uint8Array; readonly name: Uint8Array } {
  return { dir: directoryOf(path), name: path.subarray(path.lastIndexOf(slash) + 1) };
}
