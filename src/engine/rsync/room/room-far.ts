/** Directories of ours at a far destination, made in the same breath as the rsync that needs them is started. */
import { type Kind, TransferError } from '../../../errors.ts';

/** What the script below ends with where it cannot make one; no script of ours ends so for another reason. */
export const noRoom = 48;

/**
 * Enters $1, makes the $2 directories that follow, as far as they are not there, and becomes the program that follows.
 * None is made through a symlink: what is above it has to be where its name says.
 */
export const enterWithRooms = [
  'unset CDPATH; cd -P "$1" || exit 1; rooms=$2; shift 2; here=$(pwd -P); while [ "$rooms" -gt 0 ]; do',
  'if [ -h "./$1" ]; then rm -f "./$1"; fi; above=$(dirname "./$1");',
  `at=$(cd -P "$above" && pwd -P); case $above in .) above=$here;; *) above="\${here%/}/\${above#./}";; esac;`,
  `if [ "$at" != "$above" ]; then echo "$above leads elsewhere" >&2; exit ${noRoom}; fi;`,
  `(umask 077; mkdir -p "./$1") || exit ${noRoom}; rooms=$((rooms - 1)); shift; done; exec "$@"`,
].join(' ');

const kinds: readonly (readonly [RegExp, Kind])[] = [
  [/No space left|Disk quota/, 'full'],
  [/Read-only file system/, 'readonly'],
  [/Permission denied|not permitted/, 'denied'],
];

/** 'full', 'readonly', 'denied' or 'io', by what was complained of. */
export function roomFault(why: string): TransferError {
  const kind = kinds.find(([words]) => words.test(why))?.[1] ?? 'io';
  return new TransferError(kind, `cannot make room for unfinished files at the destination: ${why}`);
}
