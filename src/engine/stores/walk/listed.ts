import type { Entry, Listed } from '../../../store/entry.ts';
import { Slices } from './slices.ts';
import type { Dir, Visitor } from './visitor.ts';
import type { Walking } from './walking.ts';

const leastBeforeSharing = 500; // entries of a directory: smaller ones are done sooner than given away

/** What is in a directory; some of it goes to others when they have nothing to do. */
export async function* listed<Here>(
  walking: Walking,
  dir: Dir,
  { visitor, here }: { readonly visitor: Visitor<Here>; readonly here: Here },
): AsyncGenerator<Listed> {
  const { source, share, hungry, signal } = walking;
  const slices = new Slices(dir, share);
  let seen = 0;
  try {
    for await (const entry of source.list(dir.path, signal)) {
      const isGiven =
        entry.kind !== 'unlisted' &&
        !isLinked(walking, entry) && // who looks at it again is not told
        (slices.isBegun || (seen++ >= leastBeforeSharing && hungry()));
      if (!isGiven) yield entry;
      else {
        visitor.gives(here, entry);
        await slices.add(entry.path);
      }
    }
  } catch (error) {
    visitor.failed(dir.path, error);
  }
  await slices.give();
}

function isLinked({ source, tellsLinks }: Walking, entry: Entry): boolean {
  return tellsLinks && source.linkOf !== undefined && entry.kind === 'file' && entry.linked !== undefined;
}
