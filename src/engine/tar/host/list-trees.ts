/**
 * Lists directories on the other side by one `find`: paths on its stdin, entries on its stdout as FoundRecords reads
 * them, after the time there and the one they are in. A directory that may not be listed is told apart from others. The
 * exit code is not 0 where something is missing in it.
 */
import { forCd } from '../../../work/sh.ts';
import { compressed, type Squeeze } from '../squeeze/squeeze.ts';
import { oneLine, type Script } from './script.ts';

const fields = '%m %s %T@ %U %G %n %D:%i %H\\0%f\\0';
const list = `{
  printf "%s\\0\\0" "$(date +%s)"; find "$3" -maxdepth 0 -printf "%d %y ${fields}";
  xargs -0 sh -c "$2" sh; }`;

function finding(most: string): Buffer {
  return Buffer.from(
    `exec find "$@" ${most} \\( -type d ! \\( -readable -executable \\) -printf "%d u ${fields}" -prune \\) ` +
      `-o -printf "%d %y ${fields}"`,
  );
}

export type ListHow = {
  /** what is in them too, and so on, each directory before what is in it */
  readonly all: boolean;
  readonly squeeze: Squeeze;
};

/** `top` is what all of them are in. */
export function listTrees(root: Uint8Array, top: Uint8Array, { all, squeeze }: ListHow): Script {
  const words = finding(all ? '' : '-maxdepth 1');
  const script = oneLine(
    `export LC_ALL=C; unset CDPATH; cd -P "$1" || exit 40; ${compressed(list, squeeze)}`,
  );
  return { script, args: [forCd(root), words, Buffer.concat([Buffer.from('./'), top])] };
}
