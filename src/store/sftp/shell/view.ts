/**
 * Whether the shell of a host and its SFTP server mean the same directory by one name: a server may show its users another
 * tree than their shell does. Compared is what each says of it; a directory of another tree has another time.
 */

import { directoryOf, trimmed } from '../../../work/posix/path.ts';
import { forCd } from '../../../work/sh.ts';
import type { Entry } from '../../entry.ts';
import type { Attributes } from '../protocol/attributes.ts';

/** What a shell sees of a place. */
export type View = {
  /** the place; false: it is no directory there, or cannot be entered, and this is the directory that it would be in */
  readonly isItself: boolean;
  /** without a symlink */
  readonly path: Uint8Array;
  readonly facts: Facts;
};

/** What SFTP sees of it. */
export type Survey = {
  /** undefined where there is no directory to make it in */
  readonly path: Uint8Array | undefined;
  readonly itself: Facts | undefined;
  /** of the directory that it is in */
  readonly above: Facts | undefined;
};

/** What is not told is undefined. */
type Facts = {
  readonly mode: number | undefined;
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  readonly seconds: number | undefined;
};

const untold: Facts = { mode: undefined, owner: undefined, seconds: undefined };

/** Prints what `viewIn` reads, of the place "$2", or of "$3", which that is in; and before it `acl`, where that has one. */
export const sayView =
  'unset CDPATH; if cd -P "$2" 2>/dev/null; then view=itself; else view=above; cd -P "$3" 2>/dev/null || view=; fi; ' +
  'case $(ls -ld . 2>/dev/null) in d?????????+*) echo acl;; esac; ' +
  'if [ -n "$view" ]; then echo "view $view $(stat -c "c %f %u %g %Y" . 2>/dev/null || ' +
  'stat -f "f %p %u %g %m" . 2>/dev/null)"; pwd -P; fi';

const slash = 0x2f;

/** "$2" and "$3", of a path as it was typed or told. */
export function viewWords(path: Uint8Array): readonly [place: Uint8Array, above: Uint8Array] {
  const place = forCd(belowHome(path));
  return [place, directoryOf(trimmed(place))];
}

/** A shell begins there. */
function belowHome(path: Uint8Array): Uint8Array {
  if (path[0] !== 0x7e || (path.length > 1 && path[1] !== slash)) return path;
  return path.subarray(2);
}

const said = /^view (itself|above) (?:([cf]) (\w+) (\d+) (\d+) (-?\d+))?\n(.*)\n$/ms;

/** At the end of what was printed; undefined where there is neither directory. */
export function viewIn(text: string): View | undefined {
  const [, which, letter, mode, uid, gid, seconds, path] = said.exec(text) ?? [];
  if (path === undefined) return undefined;
  const facts = letter
    ? factsOf({
        mode: Number.parseInt(mode!, letter === 'c' ? 16 : 8),
        owner: { uid: Number(uid), gid: Number(gid) },
        seconds: Number(seconds),
      })
    : untold;
  return { isItself: which === 'itself', path: Buffer.from(path, 'latin1'), facts };
}

export function surveyed({ mode, owner, times }: Attributes): Facts {
  return factsOf({ mode, owner, seconds: times?.mtime });
}

/** As SFTP has them: without the type, which not every server tells, and times in 32 bits. */
function factsOf({ mode, owner, seconds }: Facts): Facts {
  return {
    mode: mode === undefined ? undefined : mode & 0o7777,
    owner,
    seconds: seconds === undefined ? undefined : seconds >>> 0,
  };
}

/** `made`: what SFTP saw of it once it was made, where it was not there before. */
export function isSameView(view: View | undefined, survey: Survey, made?: Entry): boolean {
  if (!view || !survey.path) return false;
  const { isItself, path, facts } = view;
  const { itself, above } = survey;
  if (isItself) return isSame(path, survey.path) && areSame(facts, itself ?? (made && factsOfEntry(made)));
  const isNone = !itself && isSame(path, directoryOf(survey.path));
  const changed = above && made && { ...above, seconds: factsOfEntry(made).seconds }; // by making it
  return isNone && (areSame(facts, above) || areSame(facts, changed));
}

function factsOfEntry({ mode, owner, mtimeNs }: Entry): Facts {
  return { mode, owner, seconds: mtimeNs === undefined ? undefined : Number(mtimeNs / 1_000_000_000n) };
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function areSame(a: Facts, b: Facts | undefined): boolean {
  if (!b) return false;
  const isOwn = !a.owner || !b.owner || (a.owner.uid === b.owner.uid && a.owner.gid === b.owner.gid);
  return isOwn && isOne(a.mode, b.mode) && isOne(a.seconds, b.seconds);
}

function isOne(a: number | undefined, b: number | undefined): boolean {
  return a === undefined || b === undefined || a === b;
}
