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
/** Among so many lanes a few names are divided: what is below each may be much. */
const lanes = 12;

/** Gives names in it away, some at a time, as what is new. False, and nothing was given, where it holds a few files. */
export async function shareRoot(
  source: Store,
  { share, failed }: Given,
  signal: AbortSignal,
): Promise<boolean> {
  const names: RelativePath[] = [];
  let slices = 0;
  let isTree = false;
  const give = (count: number) =>
    share({
      dir: new Uint8Array(0),
      names: packed(names.splice(0, count)),
      what: 'entries',
      fresh: new Uint8Array(1),
      slice: ++slices,
    });
  try {
    for await (const entry of source.list(itself, signal)) {
      if (entry.kind === 'unlisted') failed(entry.path, entry.error);
      else names.push(entry.path);
      isTree ||= entry.kind === 'directory' || entry.kind === 'unlisted';
      if (names.length >= namesAtOnce) give(namesAtOnce);
    }
  } catch (error) {
    failed(itself, error);
    isTree = true;
  }
  if (!isTree && slices === 0) return false;
  const count = Math.ceil(names.length / lanes);
  while (names.length > 0) give(count);
  return true;
}

function packed(paths: readonly RelativePath[]): Uint8Array {
  const packer = new NamePacker();
  for (const path of paths) packer.addBytes(splitPath(path).name);
  return packer.take();
}
