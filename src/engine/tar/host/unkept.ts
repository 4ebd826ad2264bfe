/**
 * Attributes and ACLs that the disk of the other side does not hold: its tar only complains of each. Those of entries are
 * counted there, however many they are; a directory that is there is told with each batch that put something into it.
 */
import { itself, type RelativePath } from '../../../store/path.ts';
import { pathKey } from '../../../work/posix/path.ts';
import type { FarPlace } from '../far-place.ts';
import { type Answer, pairsOf } from './received.ts';
import { placeOf } from './stage.ts';

/** As GNU tar and libarchive say it. */
const words = {
  xattr:
    ': Cannot (set .(user|trusted|security)[.].* extended attribute for file|restore extended attributes)',
  acl: ': (Cannot set .system[.]posix_acl_(access|default). extended attribute for file|Failed to set acl)',
} as const;

type Kind = keyof typeof words;
const kinds = Object.keys(words) as Kind[];

const count = (kind: Kind) =>
  `printf "${kind}\\0%s\\0" "$(printf "%s\\n" "$said" | grep -Ec "${words[kind]}")";`;

/** Words for the other side: what `$said` says of entries. */
export const countUnkept = `case $said in *": Cannot "*|*": Failed to "*) ${kinds.map(count).join(' ')} esac;`;

const name = (kind: Kind) =>
  `if printf "%s\\n" "$said" | grep -Eq "${words[kind]}"; then printf "${kind}\\0%s/\\0" "$folder"; fi;`;

/** The same of the place with the folder `$folder`, which was dressed. */
export const nameUnkept = `if [ -n "$said" ]; then printf "%s\\n" "$said" >&2; ${kinds.map(name).join(' ')} fi;`;

/** Directories that were counted, of each run. */
const counted = new WeakMap<FarPlace, Set<string>>();

/** How many were not kept; of a directory that is there once in a run. */
export function unkeptOf(
  answer: Answer,
  to: FarPlace,
  dirs: readonly RelativePath[],
): Readonly<Record<Kind, number>> {
  const known = counted.get(to) ?? new Set();
  counted.set(to, known);
  const lost = { xattr: 0, acl: 0 };
  for (const [word, what] of pairsOf(answer)) {
    if (word !== 'xattr' && word !== 'acl') continue;
    const place = placeOf(what)?.place;
    if (place === undefined) lost[word] += Number(what);
    else if (isNew(known, `${word} ${pathKey(dirs[place] ?? itself)}`)) lost[word]++;
  }
  return lost;
}

function isNew(known: Set<string>, key: string): boolean {
  return known.size < known.add(key).size;
}
