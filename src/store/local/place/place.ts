/**
 * Puts one regular file in its place at the destination: the bytes go into a file without a name, or one of ours,
 * get their metadata, and only then the final name. Until that moment the name holds the old file or nothing.
 */

import * as c from '../../../work/posix/constants.ts';
import * as libc from '../../../work/posix/libc.ts';
import { block, constant, Slot } from '../../../work/posix/memory.ts';
import { Stat } from '../../../work/posix/stat.ts';
import { givesMore } from '../../../work/posix/unsized.ts';
import { dress, timesOf } from '../metadata/dress.ts';
import { isBeyond, type Lost, nothing } from '../metadata/metadata.ts';
import { hasAttributes } from '../metadata/xattrs.ts';
import type { KeepHow } from '../probe/holder.ts';
import { type Before, clone, ECANCELED, endedEarly, moveRange } from './bytes.ts';
import { losesHoles } from './holes.ts';
import { startMode } from './start-mode.ts';
import { changed } from './steady.ts';
import type { Target } from './target.ts';

/** A name in an open directory. */
export type At = { readonly dir: number; readonly name: number };

/** What one entry is at both ends, and what it looks like there. */
export type Both = { readonly from: At; readonly to: At; readonly stat: Stat; readonly present: Stat };

export type Placed = { readonly ok: true; readonly lost: Readonly<Lost> } | Unplaced;

/** Why nothing came of it. */
export type Unplaced =
  | { readonly ok: false; readonly errno: number; readonly side: 'read' | 'write' }
  | { readonly ok: false; readonly errno: 0; readonly side: 'changed' };

export type PlaceHow = KeepHow & {
  /** a name for what must be visible before it is done: unique in this run */
  readonly partialName: () => Uint8Array;
  readonly before: Before;
};

/** What the directory is like: it hands attributes down to new files, or nobody sees what is in it yet. */
type Into = Pick<Target, 'loose' | 'isHidden'>;

const newFile = c.O_CREAT | c.O_EXCL | c.O_RDWR | c.O_NOFOLLOW | c.O_CLOEXEC;
const inOneRead = 1024 * 1024;
const buffer = block(inOneRead + 8);
const dot = constant('.');
const empty = constant('');
const slot = new Slot();
const after = new Stat();
const made = new Stat();
const rival = new Stat();

/** Which trick names an unnamed file here; found out by trying. */
let naming: 'by descriptor' | 'by proc' | 'none' = 'by descriptor';

export type Placing = {
  readonly from: At;
  readonly to: At;
  /** what it looked like before */
  readonly stat: Stat;
  /** what has the name now and may be replaced; without it the name must be free */
  readonly existing: Stat | undefined;
  readonly target: Into;
};

/** Copies one file. */
export function place(placing: Placing, how: PlaceHow): Placed {
  const { from } = placing;
  const input = libc.openat(from.dir, from.name, c.O_RDONLY | c.O_NOFOLLOW | c.O_NONBLOCK | c.O_CLOEXEC, 0);
  if (input < 0) return input === -c.ELOOP ? changed : { ok: false, errno: input, side: 'read' };
  try {
    return fillAndName(input, placing, how);
  } finally {
    libc.close(input);
  }
}

function fillAndName(input: number, placing: Placing, how: PlaceHow): Placed {
  const { to, stat: source, existing, target } = placing;
  const mark = existing?.mark;
  const output = create(placing, how);
  if (output.fd < 0) return { ok: false, errno: output.fd, side: 'write' };
  let named = false;
  try {
    const failed = fill(input, output.fd, source, how);
    if (failed) return failed;
    const kept = finish(input, output.fd, source, target.loose, how);
    if (typeof kept === 'number') return { ok: false, errno: kept, side: 'write' };
    const lost = how.keep.sparse && losesHoles(input, output.fd, source) ? { ...kept, sparse: 1 } : kept;
    if (after.of(input) < 0 || !after.untouchedSince(source)) return changed;
    const errno = giveName(output, to, mark);
    named = errno === 0;
    return named ? { ok: true, lost } : { ok: false, errno, side: 'write' };
  } finally {
    libc.close(output.fd);
    if (!named && output.partial) libc.unlinkat(to.dir, slot.put(output.partial), 0);
    if (!named && output.isNamed) libc.unlinkat(to.dir, to.name, 0);
  }
}

type Output = {
  readonly fd: number;
  readonly partial: Uint8Array | undefined;
  /** it had its name from the beginning */
  readonly isNamed: boolean;
};

function create({ to, stat: source, existing: old, target }: Placing, how: PlaceHow): Output {
  const { isHidden } = target;
  const mode = startMode(source, old, how);
  if (!old && isHidden)
    return { fd: libc.openat(to.dir, to.name, newFile, mode), partial: undefined, isNamed: true };
  if (!old && naming !== 'none') {
    const fd = libc.openat(to.dir, dot, c.O_TMPFILE | c.O_RDWR | c.O_CLOEXEC, mode);
    if (fd !== -c.EOPNOTSUPP && fd !== -c.EISDIR && fd !== -c.ENOENT && fd !== -c.EINVAL)
      return { fd, partial: undefined, isNamed: false };
    naming = 'none';
  }
  const partial = how.partialName();
  return { fd: libc.openat(to.dir, slot.put(partial), newFile, mode), partial, isNamed: false };
}

function fill(input: number, output: number, source: Stat, how: PlaceHow): Placed | undefined {
  const size = source.size;
  if (size === 0) return undefined;
  const sparse = how.keep.sparse && source.blocks * 512 < size;
  if (size <= inOneRead && !sparse) return fillAtOnce(input, output, size, how);
  return fillInSteps(input, output, source, sparse, how);
}

function fillAtOnce(input: number, output: number, size: number, how: PlaceHow): Placed | undefined {
  if (!how.before(size)) return { ok: false, errno: -ECANCELED, side: 'read' };
  const got = libc.read(input, buffer.at, size + 1);
  if (got < 0) return { ok: false, errno: got, side: 'read' };
  if (got !== size) return changed;
  for (let done = 0; done < size; ) {
    const wrote = libc.write(output, buffer.at + done, size - done);
    if (wrote < 0) return { ok: false, errno: wrote, side: 'write' };
    done += wrote;
  }
  return undefined;
}

function fillInSteps(
  input: number,
  output: number,
  source: Stat,
  sparse: boolean,
  how: PlaceHow,
): Placed | undefined {
  const { size } = source;
  if (clone(input, output)) return undefined;
  if (sparse) {
    const failed = libc.ftruncate(output, size);
    if (failed < 0) return { ok: false, errno: failed, side: 'write' };
  }
  const files = { from: input, to: output, sparse };
  const unmoved = moveRange(files, { offset: 0, length: size }, how.before);
  if (unmoved === endedEarly) return changed;
  if (unmoved) return { ok: false, ...unmoved };
  return givesMore(input, source) ? changed : undefined;
}

function finish(
  input: number,
  output: number,
  source: Stat,
  loose: boolean,
  how: PlaceHow,
): Readonly<Lost> | number {
  const { keep, holder } = how;
  const isExact =
    holder.holdsModes && holder.ownsMade && holder.timeStepNs === 1 && !isBeyond(source, holder);
  const plain = !loose && isExact && source.uid === holder.uid && source.gid === holder.gid;
  const carries = (keep.xattrs || keep.acls) && (loose || hasAttributes(input));
  if (plain && !carries && source.mode <= 0o777 && keep.times) {
    return libc.futimens(output, timesOf(source)) < 0 ? { ...nothing, times: 1 } : nothing; // made as it should be
  }
  made.of(output);
  return dress(output, { source, present: made, attributes: carries ? { fd: input } : undefined }, how);
}

function giveName(output: Output, to: At, mark: string | undefined): number {
  if (output.isNamed) return 0;
  if (output.partial) return nameOver(output.partial, to, mark);
  for (;;) {
    const errno = linkUnnamed(output.fd, to);
    if (errno !== -c.ENOENT || naming !== 'by descriptor') return errno;
    naming = 'by proc';
  }
}

function linkUnnamed(fd: number, to: At): number {
  if (naming === 'by descriptor') return libc.linkat(fd, empty, to.dir, to.name, c.AT_EMPTY_PATH);
  return libc.linkat(
    c.AT_FDCWD,
    slot.put(Buffer.from(`/proc/thread-self/fd/${fd}`)),
    to.dir,
    to.name,
    c.AT_SYMLINK_FOLLOW,
  );
}

/**
 * Gives the file called `partial` its name. `mark` is that of what may be replaced; where something else is, or
 * nothing may be there, a rival's file is not touched: that is answered as EEXIST. May be done twice.
 */
export function nameOver(partial: Uint8Array, to: At, mark: string | undefined): number {
  const old = slot.put(partial);
  if (mark === undefined && renameNew({ dir: to.dir, name: old }, to) === 0) return 0; // mostly so
  const isThere = rival.at(to.dir, to.name) === 0;
  if (isThere && after.at(to.dir, old) === 0 && after.sameFile(rival)) return libc.unlinkat(to.dir, old, 0);
  if (isThere && rival.mark !== mark) return -c.EEXIST;
  if (isThere) return libc.renameat(to.dir, old, to.dir, to.name);
  const linked = libc.linkat(to.dir, old, to.dir, to.name, 0);
  if (linked === 0) return libc.unlinkat(to.dir, old, 0);
  if (linked === -c.EEXIST) return linked;
  return renameFree({ dir: to.dir, name: old }, to); // a file system without hard links
}

/** Gives the file called `partial` a name that is free; a rival who has it is answered as EEXIST. */
export function nameFree(partial: Uint8Array, to: At): number {
  return renameFree({ dir: to.dir, name: slot.put(partial) }, to);
}

function renameNew(from: At, to: At): number {
  return libc.renameat2(from.dir, from.name, to.dir, to.name, c.RENAME_NOREPLACE);
}

/** Renames where nothing has the name; as well as the file system can tell. */
export function renameFree(from: At, to: At): number {
  const renamed = renameNew(from, to);
  if (renamed !== -c.EINVAL && renamed !== -c.ENOSYS) return renamed;
  return after.at(to.dir, to.name) === 0 ? -c.EEXIST : libc.renameat(from.dir, from.name, to.dir, to.name);
}
