/** The source's own directory where nothing is at the destination yet: all that is in it is for others, at once. */
import { isLong } from '../../../plan/route.ts';
import type { Bundle } from '../../../profile/bundle.ts';
import { itself, type RelativePath, splitPath } from '../../../store/path.ts';
import type { Store } from '../../../store/store.ts';
import { NamePacker } from '../../../work/posix/dirents.ts';

export type Given = {
  /** to where all of it goes */
  readonly dest: Pick<Store, 'roundTripMs'>;
  readonly share: (slice: Bundle) => void;
  readonly failed: (path: Uint8Array, error: unknown) => void;
};

const namesAtOnce = 1000;
/**
 * Into so many, even if they are few: what is below each may be much, and lanes that get several end together. On a short
 * line fewer are under way at a time, and what each of them starts there takes longer than to wait for another one.
 */
const mostSlices = { near: 12, far: 24 } as const;

/** Gives names in it away, some at a time, as what is new. False, and nothing was given, where it holds a few files. */
export async function shareRoot(
  source: Store,
  { dest, share, failed }: Given,
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
  const most = mostSlices[isLong(dest) ? 'far' : 'near'];
  for (const count = Math.ceil(directories.length / most); directories.length > 0; ) give(directories, count);
  return true;
}

function packed(paths: readonly RelativePath[]): Uint8Array {
  const packer = new NamePacker();
  for (const path of paths) packer.addBytes(splitPath(path).name);
  return packer.take();
}
