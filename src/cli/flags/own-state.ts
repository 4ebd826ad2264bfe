/**
 * What the program itself keeps about runs may be below a place that it moves or compares, as where root's home is saved
 * each night. It changes meanwhile, and means nothing elsewhere: it is left out as if rules said so.
 */
import { realpathSync } from 'node:fs';
import { kept } from '../../journal/kept.ts';
import type { Location } from '../../location/location.ts';
import type { Rule } from '../../profile/filter.ts';
import type { Report } from '../../report/events.ts';
import { show } from '../../report/show.ts';
import { directoryOf, inside, isInside, trimmed } from '../../work/posix/path.ts';

type Where = {
  readonly places: readonly (Location | undefined)[];
  /** undefined: nobody knows where it would be */
  readonly stateDir: string | undefined;
};

/** A request that leaves it out, which is said; the same request where it is elsewhere. */
export function leavingState<R extends { readonly rules: readonly Rule[] }>(
  request: R,
  { places, stateDir }: Where,
  report: Report,
): R {
  if (stateDir === undefined) return request;
  const state = Buffer.from(stateDir);
  const ours = places.flatMap((place) => (place?.kind === 'local' ? rulesFor(place.path, state) : []));
  if (ours.length === 0) return request;
  report({
    type: 'warning',
    message: `what difpipe keeps about its runs in ${show(state)} is left out`,
    hint: 'it changes meanwhile; --state-dir or DIFPIPE_STATE_DIR keep it elsewhere',
  });
  const { rules } = request;
  const counted = rules.slice(rules.findLastIndex(({ action }) => action === 'clear') + 1);
  const known = new Set(counted.map(({ pattern }) => pattern)); // of a run that goes on
  const added = ours.filter(({ pattern }) => !known.has(pattern));
  return added.length === 0 ? request : { ...request, rules: [...added, ...counted] };
}

function rulesFor(place: Uint8Array, state: Buffer): Rule[] {
  const [root, at] = [place, state].map((path) => Buffer.from(reached(trimmed(path))));
  return Object.values(kept).flatMap((name) => {
    const ours = Buffer.from(inside(at!, Buffer.from(name)));
    return isInside(root!, ours) ? [{ action: 'exclude', pattern: patternOf(root!, ours) }] : [];
  });
}

/** Tied to the place, for a directory. */
function patternOf(root: Buffer, path: Buffer): string {
  const below = path.subarray(root.length).toString().replace(/^\/+/, '');
  return `/${/[*?[]/.test(below) ? below.replace(/[*?[\\]/g, '\\$&') : below}/`;
}

/** Without symlinks, as far as it is there. */
function reached(path: Uint8Array): Uint8Array {
  try {
    return realpathSync(Buffer.from(path), 'buffer');
  } catch {
    const above = directoryOf(path);
    if (above.length === path.length) return path;
    return inside(reached(above), path.subarray(path.lastIndexOf(0x2f) + 1));
  }
}
