/** Which part of a tree a bundle is. */
import type { Bundle } from '../../../profile/bundle.ts';

/** All of the source. */
export function isRoot({ what, dir, names }: Bundle): boolean {
  return what === 'trees' && dir.length === 0 && names[0] === 0;
}

/** Trees in a directory of it, which nobody enters. */
export function isBelow(bundle: Bundle): boolean {
  return bundle.what === 'trees' && !isRoot(bundle);
}
