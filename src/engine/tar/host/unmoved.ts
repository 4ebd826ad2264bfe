/** What `mv` did not move to where it belongs, on the other side. */
import type { FarTools } from './probe.ts';
import { oneLine } from './script.ts';

/**
 * Given what was to be moved here, it moves what could not be because it is a directory that its user may not write to,
 * and names what is neither here nor there, though nobody complained of it before.
 */
export function unmoved({ uid, mvNoClobber }: FarTools): string {
  return oneLine(`
    for name do
      to=./\${name##*/};
      ${uid === 0 ? '' : closed(mvNoClobber ? '-n' : '-f')}
      for at in "$name" "$to"; do if [ -e "$at" ] || [ -h "$at" ]; then continue 2; fi; done;
      folder=\${name%/*};
      printf "gone\\0%s/%s\\0" "\${folder##*/}" "\${name##*/}";
    done`);
}

/** The kernel changes `..` in a directory that moves, and asks everybody but root whether he may write there. */
function closed(how: string): string {
  return `
    if [ -d "$name" ] && [ -x "$name" ]; then
      if [ -w "$name" ] || [ -h "$name" ] || [ -e "$to" ] || [ -h "$to" ]; then :;
      elif chmod u+w "$name"; then
        mv ${how} "$name" .;
        [ -d "$name" ] || (here=$PWD; cd -P "$to" && [ "$PWD" = "\${here%/}/\${to#./}" ] && chmod u-w .);
      fi;
    fi;`;
}
