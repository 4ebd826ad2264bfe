/** The source's own directory where nothing is at the destination yet: all that is in it is for others, at once. */
import type { Bundle } from '../../profile/bundle.ts';
import { itself, type RelativePath, splitPath } from '../../store/path.ts';
import type { Store } from '../../store/store.ts';
import { NamePacker } from '../../work/posix/dirents.ts';

export type Given = {
  readonly share: (slice: Bundle) => void;
  readonly failed: (path: Uint8Array, error: unknown) => void;
};

const namesAtOnce = 1000;
/** Into so many, even if they are few: what is below each may be much, and lanes that get several end together. */
const mostSlices = 24;

/** Gives names in it away, some at a time, as what is new. False, and nothing was given, where it holds a few files. */
export async function shareRoot(
  source: Store,
  { share, failed }: Given,
  signal: AbortSignal,
): Promise<boolean> {
  const directories: RelativePath[] = [];
  const others: RelativePath[] = [];
  let slices = 0;
  let isWhole = true;
  const give = (paths: RelativePath[], count: number) => {
    const names = packed(paths.splice(0, count));
    share({ dir: itself, names, what: 'entries', fresh: new Uint8Array(1), slice: ++slices });
  };
  try {
    for await (const entry of source.list(itself, signal)) {
      const paths = entry.kind === 'directory' ? directories : others;
      if (entry.kind === 'unlisted') failed(entry.path, entry.error);
      else paths.push(entry.path);
      isWhole &&= entry.kind !== 'unlisted';
      if (paths.length >= namesAtOnce) give(paths, namesAtOnce);
    }
  } catch (error) {
    failed(itself, error);
    isWhole = false;
  }
  if (isWhole && slices === 0 && directories.length === 0) return false;
  if (others.length > 0) give(others, namesAtOnce);
  for (const count = Math.ceil(directories.length / mostSlices); directories.length > 0; )
    give(directories, count);
  return true;
}

function packed(paths: readonly RelativePath[]): Uint8Array {
  const packer = new NamePacker();
  for (const path of paths) packer.addBytes(splitPath(path).name);
  return packer.take();
}
