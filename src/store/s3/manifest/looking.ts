/** The tree as objects and records together tell it. */
import { isKind } from '../../../errors.ts';
import { pathKey } from '../../../work/posix/path.ts';
import type { Entry, Listed, Metadata } from '../../entry.ts';
import type { RelativePath } from '../../path.ts';
import type { Store } from '../../store.ts';
import { directoryEntry } from '../entry.ts';
import type { S3 } from '../place.ts';
import { sha256 } from '../service/sign.ts';
import { type Beside, isBeside, type Kept } from './line.ts';
import { astray, fileAt, followed, linkedTo } from './names.ts';
import type { Records } from './records.ts';

export type Looking = {
  readonly s3: S3;
  readonly inner: Store;
  readonly records: Records;
  /** all that is to be kept is */
  readonly isAsked: boolean;
};

type Other = Exclude<Kept, Beside | { kind: 'link' }>;

export async function stat(
  { s3, inner, records, isAsked }: Looking,
  path: RelativePath,
  signal: AbortSignal,
): Promise<Entry | undefined> {
  const kept = records.find(path);
  if (!kept || isBeside(kept)) {
    const found = whole(records, kept, path, await inner.stat(path, signal));
    return isAsked && path.length === 0 && found && isBare(found) ? { ...found, ...nobodys } : found;
  }
  const [object, file] = await Promise.all([
    fileAt(s3, path, signal),
    kept.kind === 'link' ? followed(s3, path, kept, signal) : undefined,
  ]);
  if (!object) return kept.kind === 'link' ? file : entryOf(path, kept);
  records.overshadow(path);
  return object;
}

export async function readLink(
  { inner, records }: Looking,
  path: RelativePath,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const kept = records.find(path);
  return kept?.kind === 'symlink' ? kept.target : inner.readLink!(path, signal);
}

/** What is like nothing else, so that what it should be is put there. */
const nobodys: Metadata = { mode: 0, owner: { uid: 2 ** 32 - 2, gid: 2 ** 32 - 2 }, mtimeNs: 0n };

/** The top of a bucket has no marker. */
function isBare({ mode, owner, mtimeNs }: Entry): boolean {
  return mode === undefined && owner === undefined && mtimeNs === undefined;
}

/** With what its object does not tell. */
function whole(
  records: Records,
  kept: Beside | undefined,
  path: RelativePath,
  found: Entry | undefined,
): Entry | undefined {
  if (found?.kind === 'file') return named(records, kept, found);
  if (kept?.kind !== 'directory' || (found && found.kind !== 'directory')) return found;
  const { mode, owner, mtimeNs } = kept.metadata;
  return directoryEntry(path, {
    mode: found?.mode ?? mode,
    owner: found?.owner ?? owner,
    mtimeNs: found?.mtimeNs ?? mtimeNs,
  });
}

/** A file with what its object does not tell. */
function named<T extends Listed>(records: Records, kept: Kept | undefined, entry: T): T {
  if (entry.kind !== 'file') return entry;
  const linked = records.isNamed(entry.path) ? linkedTo(entry.path) : undefined;
  return { ...entry, linked, print: printWith(entry.print, kept) };
}

/** It changes with the attributes, too: the first word is the object's. */
function printWith(print: string | undefined, kept: Kept | undefined): string | undefined {
  if (print === undefined || !kept?.attributes) return print;
  return `${print} ${sha256(JSON.stringify([...kept.attributes])).slice(0, 16)}`;
}

function entryOf(path: RelativePath, kept: Other): Entry {
  const { metadata } = kept;
  const print = sha256(JSON.stringify([kept.kind, metadata.mode, metadata.owner, String(metadata.mtimeNs)]));
  const common = { path, ...metadata, print };
  if (kept.kind === 'symlink') return { kind: kept.kind, ...common, mode: undefined };
  return 'major' in kept
    ? { kind: kept.kind, ...common, major: kept.major, minor: kept.minor }
    : { kind: kept.kind, ...common };
}

export async function* list(
  looking: Looking,
  dir: RelativePath,
  signal: AbortSignal,
): AsyncGenerator<Listed> {
  const { inner, records } = looking;
  const shown = new Set<string>(); // directories that are known both ways
  try {
    for await (const entry of inner.list(dir, signal)) {
      const kept = entry.kind === 'unlisted' ? undefined : records.find(entry.path);
      if (kept?.kind === 'directory' && entry.kind === 'directory') shown.add(pathKey(entry.path));
      else if (kept && !isBeside(kept)) records.overshadow(entry.path);
      yield named(records, kept, entry);
    }
  } catch (error) {
    if (!isKind(error, 'missing') || !isKept(records, dir)) throw error;
  }
  for (const page of records.inside(dir)) {
    const others = page.flatMap(({ path, kept }) =>
      kept.kind === 'object' || shown.has(pathKey(path)) ? [] : [listed(looking, path, kept, signal)],
    );
    yield* await Promise.all(others);
  }
}

function isKept(records: Records, dir: RelativePath): boolean {
  return records.find(dir)?.kind === 'directory' || records.holdsAny(dir);
}

async function listed(
  { s3 }: Looking,
  path: RelativePath,
  kept: Exclude<Kept, { kind: 'object' }>,
  signal: AbortSignal,
): Promise<Listed> {
  if (kept.kind === 'directory') return directoryEntry(path, kept.metadata);
  if (kept.kind !== 'link') return entryOf(path, kept);
  const file = await followed(s3, path, kept, signal);
  return file ?? { kind: 'unlisted', path, error: astray(s3, path, kept) };
}
