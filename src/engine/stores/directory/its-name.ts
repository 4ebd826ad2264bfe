/** Names where nobody knows whether the place tells upper from lower case. */
import { textOf } from '../../../report/show.ts';
import { nameOf } from '../../../store/named.ts';
import { beside, type RelativePath, splitPath } from '../../../store/path.ts';
import type { Lane } from '../lane.ts';

/** Whether what is found at a path is listed by that very name: else it is another entry's, which the place takes for it. */
export async function hasItsName({ setup: { dest }, signal }: Lane, path: RelativePath): Promise<boolean> {
  const { dir, name } = splitPath(path);
  const other = swapped(name);
  const isOne = other.length === 0 || Buffer.compare(other, name) === 0;
  if (isOne || !(await dest.stat(beside(path, other), signal))) return true;
  for await (const listed of dest.list(dir, signal)) if (nameOf(listed.path) === nameOf(path)) return true;
  return false;
}

/** In the other case, letter by letter. */
function swapped(name: Uint8Array): Uint8Array {
  const letters = [...(textOf(name) ?? '')];
  return Buffer.from(
    letters.map((one) => (one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase())).join(''),
  );
}
