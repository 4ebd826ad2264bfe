/** What a batch that comes from a host is to hold, and what of it may be replaced here. */

import type { Carry } from '../../store/batch.ts';
import type { Entry } from '../../store/entry.ts';
import { isStill } from '../../store/local/entry.ts';
import type { RelativePath } from '../../store/path.ts';
import { pathKey } from '../../work/posix/path.ts';
import { Stat } from '../../work/posix/stat.ts';
import { Sources } from './pack/sources.ts';
import type { Expected } from './unpack/unpacking.ts';

const second = 1_000_000_000n;
const stat = new Stat();

/** By path: `entries`, and directories that they are put into; `root` is where they go. */
export function expect(
  entries: readonly Carry[],
  places: readonly RelativePath[],
  root: Uint8Array,
): Map<string, Expected> {
  const place = { kind: 'directory', size: 0, mtimeNs: undefined, replaces: undefined } as const;
  const expected = new Map<string, Expected>(places.map((dir) => [pathKey(dir), place]));
  using sources = new Sources(root);
  for (const { entry, replaces } of entries) {
    const kind = entry.kind === 'socket' ? 'fifo' : entry.kind; // none is taken
    const size = entry.kind === 'file' ? entry.size : 0;
    const mark = replaces && markOf(sources, replaces);
    const mtimeSeconds = entry.mtimeNs === undefined ? {} : { mtimeSeconds: entry.mtimeNs / second };
    expected.set(pathKey(entry.path), { kind, size, mtimeNs: undefined, ...mtimeSeconds, replaces: mark });
  }
  return expected;
}

/** Of what is as it was when it was listed; something else is a rival's. */
function markOf(sources: Sources, replaces: Entry): string {
  const { dir, name } = sources.at(replaces.path);
  if (dir < 0 || stat.at(dir, name) < 0 || !isStill(stat, replaces)) return 'another';
  return stat.mark;
}
