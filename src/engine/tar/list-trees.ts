/**
 * Lists directories on the other side by one `find`: paths on its stdin, entries on its stdout as a FoundParser reads
 * them. A directory that may not be listed is told apart from others. The exit code is not 0 where something is
 * missing in it.
 */
import { forCd, oneLine, type Script } from './script.ts';

const main = oneLine(`
  export LC_ALL=C; unset CDPATH; cd -P "$1" || exit 40;
  exec xargs -0 sh -c "$2" sh`);

const fields = '%m %s %T@ %U %G %n %D:%i %H\\0%P\\0';
const finding = Buffer.from(
  `exec find "$@" -maxdepth 1 \\( -type d ! \\( -readable -executable \\) -printf "%d u ${fields}" \\) ` +
    `-o -printf "%d %y ${fields}"`,
);

export function listTrees(root: Uint8Array): Script {
  return { script: main, args: [forCd(root), finding] };
}
