/** Takes away what killed runs left of a batch on the other side. */
import { forCd } from '../../../work/sh.ts';
import { removing } from './removing.ts';
import { oneLine, type Script } from './script.ts';

/**
 * Removes the directories of ours directly below the root whose names begin with `tag`, but not with `own`. Both are
 * letters, digits, dots and dashes.
 */
export function sweep(root: Uint8Array, tag: string, own: string): Script {
  return { script: text, args: [forCd(root), Buffer.from(tag), Buffer.from(own)] };
}

const text = oneLine(`
  unset CDPATH; cd -P "$1" || exit 40;
  root=$PWD; [ "$root" = / ] && root=;
  ${removing}
  for found in "./$2"*; do
    case $found in "./$3"*) continue;; esac;
    if [ -h "$found" ]; then continue; fi;
    if [ -d "$found" ]; then remove "$found"; fi;
  done`);
