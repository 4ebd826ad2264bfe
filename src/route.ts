/**
 * Both ends of a transfer on this machine, looked at before anything else: what is where, whether it goes into or
 * over what is there, and whether it is safe to begin. Makes the destination directory, never those above it.
 */
import { lstatSync, mkdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { TransferError } from './errors.ts';
import { formatLocation } from './location/format.ts';
import type { LocalPlace, Location } from './location/location.ts';
import { show } from './report/show.ts';

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

const slash = Buffer.from('/');

/** A place on this machine, which is where this build can go. */
export function here(place: Location): LocalPlace {
  if (place.kind === 'local') return place;
  throw new TransferError('unsupported', `${formatLocation(place)} is not on this machine`);
}

/** A source that goes nowhere yet. */
export function openSource(source: LocalPlace): Ends {
  const from = trimmed(source.path);
  const found = look(from, 'source');
  if (!found) throw new TransferError('usage', `there is no ${show(source.path)}`);
  const isTree = found.isDirectory();
  const dir = realpathSync(isTree ? from : parentOf(from), { encoding: 'buffer' });
  const single = isTree ? undefined : { from: nameOf(from), to: nameOf(from) };
  const nowhere = new Uint8Array(0);
  return { source: dir, dest: nowhere, single, canonical: { source: dir, dest: nowhere }, isNew: true };
}

/** Throws 'usage', 'missing', 'denied', 'conflict' or 'refused'. */
export function openEnds(source: LocalPlace, dest: LocalPlace, { make }: { readonly make: boolean }): Ends {
  const from = trimmed(source.path);
  const found = look(from, 'source');
  if (!found) throw new TransferError('usage', `there is no ${show(source.path)}`);
  return found.isDirectory() ? treeEnds(from, trimmed(dest.path), make) : singleEnds(from, dest.path, make);
}

function treeEnds(from: Buffer, to: Buffer, make: boolean): Ends {
  const there = look(to, 'destination');
  if (there && !there.isDirectory()) {
    throw new TransferError('usage', `${show(to)} is not a directory, and the source is one`, {
      hint: 'name a directory as the destination',
    });
  }
  const source = realpathSync(from, { encoding: 'buffer' });
  const dest = canonicalOf(to, there !== undefined);
  refuseOverlap(source, dest);
  const isNew = !there;
  if (isNew && make) makeDirectory(to, 0o700);
  return { source, dest, single: undefined, canonical: { source, dest }, isNew };
}

function singleEnds(from: Buffer, typed: Uint8Array, make: boolean): Ends {
  const to = trimmed(typed);
  const there = look(to, 'destination');
  const goesInto = there?.isDirectory() || typed.at(-1) === slash[0];
  if (goesInto && there && !there.isDirectory()) {
    throw new TransferError('usage', `${show(to)} is not a directory`, {
      hint: 'leave the last / out to replace it',
    });
  }
  const source = realpathSync(parentOf(from), { encoding: 'buffer' });
  const name = nameOf(from);
  const dir = goesInto ? to : parentOf(to);
  const isNew = look(dir, 'destination') === undefined;
  const dest = canonicalOf(dir, !isNew);
  const target = goesInto ? name : nameOf(to);
  const canonical = { source: below(source, name), dest: below(dest, target) };
  if (canonical.source.equals(canonical.dest)) throw same(from);
  if (isNew && !goesInto) throw noParent(dir);
  if (isNew && make) makeDirectory(dir, 0o777);
  return { source, dest, single: { from: name, to: target }, canonical, isNew };
}

function refuseOverlap(source: Buffer, dest: Buffer): void {
  if (source.equals(dest)) throw same(source);
  const inside = source.equals(slash) ? source : Buffer.concat([source, slash]);
  if (dest.subarray(0, inside.length).equals(inside)) {
    throw new TransferError(
      'refused',
      `${show(dest)} is inside ${show(source)}: it would be copied into itself`,
      {
        hint: 'choose a destination outside of the source',
      },
    );
  }
}

function same(path: Uint8Array): TransferError {
  return new TransferError('refused', `source and destination are both ${show(path)}`);
}

/** Follows symlinks: both ends are what the user named. A dangling one is an entry to copy, or a place to refuse. */
function look(path: Buffer, side: 'source' | 'destination'): Stats | undefined {
  try {
    const followed = statSync(path, { throwIfNoEntry: false });
    if (followed?.isDirectory()) return followed;
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') return undefined;
    const kind = code === 'EACCES' ? 'denied' : 'io';
    throw new TransferError(kind, `cannot look at the ${side} ${show(path)}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** Of a directory that is there, or would be made in one that is. */
function canonicalOf(path: Buffer, isThere: boolean): Buffer {
  if (isThere) return realpathSync(path, { encoding: 'buffer' });
  const parent = parentOf(path);
  if (look(parent, 'destination') === undefined) throw noParent(parent);
  return below(realpathSync(parent, { encoding: 'buffer' }), nameOf(path));
}

function noParent(path: Uint8Array): TransferError {
  return new TransferError('usage', `there is no directory ${show(path)} to write into`, {
    hint: 'is its disk mounted? if so, make it with mkdir -p',
  });
}

function makeDirectory(path: Buffer, mode: number): void {
  try {
    mkdirSync(path, { mode });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const kind = code === 'ENOSPC' || code === 'EDQUOT' ? 'full' : 'denied';
    throw new TransferError(kind, `cannot make ${show(path)}: ${(cause as Error).message}`, { cause });
  }
}

function trimmed(path: Uint8Array): Buffer {
  let end = path.length;
  while (end > 1 && path[end - 1] === slash[0]) end--;
  return Buffer.from(path.subarray(0, end));
}

function parentOf(path: Buffer): Buffer {
  const at = path.lastIndexOf(slash);
  return at <= 0 ? slash : path.subarray(0, at);
}

function nameOf(path: Buffer): Buffer {
  return path.subarray(path.lastIndexOf(slash) + 1);
}

function below(dir: Buffer, name: Buffer): Buffer {
  return dir.equals(slash) ? Buffer.concat([slash, name]) : Buffer.concat([dir, slash, name]);
}
