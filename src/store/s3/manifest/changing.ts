/** Changes of a tree of which some is in objects and some is known beside them. */
import { isKind, TransferError } from '../../../errors.ts';
import type { Metadata, Special, Unkept } from '../../entry.ts';
import type { RelativePath } from '../../path.ts';
import type { WriteHow } from '../../store.ts';
import { merged } from '../metadata.ts';
import { isBeside, type Kept } from './line.ts';
import { fileAt } from './names.ts';
import type { Writing } from './release.ts';

/** Makes a file where there may be another one, or what no object holds. */
export async function replacing<T, H extends Pick<WriteHow, 'replaces'>>(
  { records, release }: Writing,
  path: RelativePath,
  how: H,
  make: (how: H) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  await release.settled(path);
  await release.other(path, signal);
  const kept = records.find(path);
  const made = await make(kept && !isBeside(kept) ? { ...how, replaces: undefined } : how);
  if (kept) await records.drop(path);
  return made;
}

export async function remove(
  { s3, inner, records, release }: Writing,
  path: RelativePath,
  signal: AbortSignal,
): Promise<boolean> {
  await release.settled(path);
  const kept = records.find(path);
  if (kept && !isBeside(kept)) {
    await records.drop(path);
    return true;
  }
  if (records.holdsAny(path))
    throw new TransferError('conflict', `cannot remove ${s3.root.show(path)}: it is not empty`);
  await release.other(path, signal);
  const isRemoved = await inner.remove(path, signal);
  if (kept) await records.drop(path);
  return isRemoved || kept?.kind === 'directory';
}

export async function makeDirectory(
  { inner, records }: Writing,
  path: RelativePath,
  metadata: Metadata,
  signal: AbortSignal,
): Promise<Unkept> {
  const unkept = await inner.makeDirectory!(path, metadata, signal);
  if (unkept.length > 0) await records.keep(path, { kind: 'directory', metadata });
  return [];
}

/** Where it leads too far for an object, it is known only here. */
export async function makeSymlink(
  { s3, inner, records }: Writing,
  path: RelativePath,
  target: Uint8Array,
  metadata: Metadata,
  signal: AbortSignal,
): Promise<Unkept> {
  try {
    return await inner.makeSymlink!(path, target, metadata, signal);
  } catch (error) {
    if (!isKind(error, 'unsupported')) throw error;
    s3.root.key(path); // that may be why
    await records.keep(path, { kind: 'symlink', target, metadata });
    return [];
  }
}

/** No object is one. */
export async function makeSpecial(
  { s3, records }: Writing,
  path: RelativePath,
  special: Special,
  metadata: Metadata,
): Promise<Unkept> {
  s3.root.key(path);
  await records.keep(path, { ...special, metadata });
  return [];
}

export async function makeLink(
  { s3, records, release }: Writing,
  path: RelativePath,
  existing: RelativePath,
  signal: AbortSignal,
): Promise<void> {
  s3.root.key(path);
  await release.settled(path);
  await release.settled(existing);
  const kept = records.find(existing);
  const to = kept?.kind === 'link' ? kept.to : existing;
  const [file, there] = await Promise.all([fileAt(s3, to, signal), fileAt(s3, path, signal)]);
  if (there)
    throw new TransferError('conflict', `cannot link ${s3.root.show(path)}: something has this name now`);
  if (!file) throw new TransferError('missing', `cannot link ${s3.root.show(to)}: it is not there`);
  await records.keep(path, { kind: 'link', to, size: file.size, mtimeNs: file.mtimeNs! });
}

/** What is kept beside an object is the same for all its names. */
export async function dress(
  writing: Writing,
  path: RelativePath,
  metadata: Metadata,
  signal: AbortSignal,
): Promise<Unkept> {
  const { inner, records, release } = writing;
  await release.settled(path);
  const kept = records.find(path);
  if (kept?.kind === 'link') return dressFile(writing, kept.to, metadata, signal);
  if (kept && !isBeside(kept)) return dressKept(writing, path, kept, metadata);
  if (records.isNamed(path)) return dressFile(writing, path, metadata, signal);
  const unkept = await inner.dress!(path, metadata, signal).catch((error: unknown) => {
    if (kept?.kind === 'directory' && isKind(error, 'missing')) return all;
    throw error;
  });
  if (unkept.length === 0) return [];
  const object = await inner.stat(path, signal);
  if (object && object.kind !== 'directory') return unkept;
  const before = kept?.kind === 'directory' ? kept : { ...kept, kind: 'directory' as const, metadata };
  return dressKept(writing, path, before, metadata);
}

const all: Unkept = ['mode', 'owner', 'mtimeNs'];

async function dressFile(
  { inner, records, s3 }: Writing,
  path: RelativePath,
  metadata: Metadata,
  signal: AbortSignal,
): Promise<Unkept> {
  const unkept = await inner.dress!(path, metadata, signal);
  if (metadata.mtimeNs === undefined) return unkept;
  const file = await fileAt(s3, path, signal);
  if (file) await records.lead(path, { kind: 'link', to: path, size: file.size, mtimeNs: file.mtimeNs! });
  return unkept;
}

async function dressKept(
  { records }: Writing,
  path: RelativePath,
  kept: Exclude<Kept, { kind: 'link' | 'object' }>,
  metadata: Metadata,
): Promise<Unkept> {
  await records.keep(path, { ...kept, metadata: merged(kept.metadata, metadata) });
  return [];
}
