/**
 * A part of a tree whose manifest is at the top: what that says of the part is known in it, too. Only to read: what is
 * written there is none of the tree's affairs.
 */
import { isKind } from '../../../errors.ts';
import { join } from '../../../work/posix/path.ts';
import type { FileEntry, Listed } from '../../entry.ts';
import { itself, type RelativePath } from '../../path.ts';
import type { Store } from '../../store.ts';
import type { S3 } from '../place.ts';
import { type Root, rootOf } from '../root.ts';
import { manifestOf } from './load.ts';

/** The nearest directory above that has a manifest, and what the place is called there. */
export async function aboveWith(
  s3: S3,
  signal: AbortSignal,
): Promise<{ readonly root: Root; readonly part: RelativePath } | undefined> {
  const names = s3.root.prefix.split('/').slice(0, -1);
  const above = names.map((_, at) => names.slice(0, at).flatMap((name) => [name, '/']));
  const roots = above.map((steps) => rootOf(s3.root.bucket, steps.join(''))).reverse();
  const found = await Promise.all(roots.map((root) => hasManifest({ ...s3, root }, signal)));
  const root = roots[found.indexOf(true)];
  if (!root) return undefined;
  const part = Buffer.from(s3.root.prefix.slice(root.prefix.length, -1)) as Uint8Array as RelativePath;
  return { root, part };
}

/** Who may not look has none. */
async function hasManifest(s3: S3, signal: AbortSignal): Promise<boolean> {
  try {
    return (await manifestOf(s3, signal)) !== undefined;
  } catch (error) {
    if (!isKind(error, 'denied')) throw error;
    return false;
  }
}

/** The part as the whole knows it. */
export function partOf(whole: Store, part: RelativePath, own: Store): Store {
  const up = (path: RelativePath) => (path.length === 0 ? part : join(part, path)) as RelativePath;
  const down = <T extends Listed>(entry: T): T => {
    const path = entry.path.length === part.length ? itself : entry.path.subarray(part.length + 1);
    return { ...entry, path };
  };
  const upward = (file: FileEntry): FileEntry => ({ ...file, path: up(file.path) });
  return {
    ...own,
    async *list(dir, signal) {
      for await (const entry of whole.list(up(dir), signal)) yield down(entry);
    },
    stat: async (path, signal) => {
      const entry = await whole.stat(up(path), signal);
      return entry && down(entry);
    },
    read: (file) => whole.read(upward(file)),
    take: async (file, signal) => {
      const taken = await whole.take!(upward(file), signal);
      return { ...taken, entry: down(taken.entry) };
    },
    readLink: (path, signal) => whole.readLink!(up(path), signal),
    attributesOf: (path, kinds, signal) => whole.attributesOf!(up(path), kinds, signal),
    tellsHidden: true,
    tellsLinks: true,
    [Symbol.asyncDispose]: () => whole[Symbol.asyncDispose](),
  };
}
