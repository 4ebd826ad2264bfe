import { type RelativePath, splitPath } from '../../../store/path.ts';
import { NamePacker } from '../../../work/posix/dirents.ts';
import { pathKey } from '../../../work/posix/path.ts';

/** Paths as names, packed, in the directories that they are in. */
export function* byDirectory(
  paths: readonly RelativePath[],
): Generator<{ readonly dir: RelativePath; readonly names: Uint8Array }> {
  const above = new Map<string, { readonly dir: RelativePath; readonly names: NamePacker }>();
  for (const path of paths) {
    const { dir, name } = splitPath(path);
    const key = pathKey(dir);
    const group = above.get(key) ?? { dir, names: new NamePacker() };
    above.set(key, group);
    group.names.addBytes(name);
  }
  for (const { dir, names } of above.values()) yield { dir, names: names.take() };
}
