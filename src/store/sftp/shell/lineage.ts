/** Which directory a place is, and which are above it, as only the kernel of its machine calls them. */
import { nobody } from '../../shell.ts';

const most = 64;

/**
 * Prints it for `lineageIn`, of the place "$2" in the directory "$3": before the place's path, which may hold any words.
 */
export const sayLineage = [
  `(unset CDPATH; own=; cd -P "$2" 2>/dev/null || own=${nobody}; [ -z "$own" ] || cd -P "$3" 2>/dev/null || exit 0;`,
  'all=.; up=; rest=$PWD; count=0;',
  `while [ "\${rest#*/}" != "$rest" ] && [ $count -lt ${most} ]; do`,
  `rest=\${rest#*/}; up=../$up; all="$all $up"; count=$((count + 1)); done;`,
  'echo lineage $own $(stat -c %d:%i $all 2>/dev/null))',
].join(' ');

/** Undefined where the host has no `stat` of this kind. */
export function lineageIn(said: string): readonly string[] | undefined {
  const [, all] = /^lineage ((?:- )?\d+:\d+(?: \d+:\d+)*)$/m.exec(said) ?? [];
  return all?.split(' ');
}
