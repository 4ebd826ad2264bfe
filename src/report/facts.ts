import type { Profile } from '../profile/profile.ts';
import { printable } from './show.ts';
import { counted, formatBytes, formatCount } from './size.ts';

type OwnerName = (uid: number) => string | undefined;
type Fact = readonly [name: string, text: string];

const shownOwners = 3;

/** What else is known of a tree, each with its name; what does not occur is left out. */
export function facts(profile: Profile, ownerName: OwnerName): Fact[] {
  const all: readonly (readonly [string, string | undefined])[] = [
    [
      'below 10 KB',
      profile.files > 0 ? `${percent(profile.smallFiles, profile.files)} of the files` : undefined,
    ],
    ['above 100 MB', hugeText(profile)],
    ['largest', profile.files > 0 ? formatBytes(profile.largest) : undefined],
    ['symlinks', some(profile.symlinks)],
    ['hard links', linksText(profile)],
    ['sparse', profile.sparseFiles > 0 ? counted(profile.sparseFiles, 'file') : undefined],
    [
      'special',
      profile.specials > 0 ? `${formatCount(profile.specials)} (FIFOs, sockets, devices)` : undefined,
    ],
    ['owners', ownersText(profile, ownerName)],
  ];
  return all.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const]));
}

function some(count: number): string | undefined {
  return count > 0 ? formatCount(count) : undefined;
}

function hugeText({ hugeFiles, hugeFileBytes, bytes }: Profile): string | undefined {
  if (hugeFiles === 0) return undefined;
  return `${counted(hugeFiles, 'file')} with ${percent(hugeFileBytes, bytes)} of the bytes`;
}

function linksText({ linkedFiles, linkGroups }: Profile): string | undefined {
  if (linkedFiles === 0) return undefined;
  const names = counted(linkedFiles, 'name');
  return linkGroups === 0 ? names : `${names} of ${counted(linkGroups, 'file')}`;
}

function ownersText({ owners }: Profile, ownerName: OwnerName): string | undefined {
  const counts = Object.entries(owners).map(([uid, files]) => ({ uid: Number(uid), files }));
  if (counts.length === 0) return undefined;
  const total = counts.reduce((sum, { files }) => sum + files, 0);
  const top = counts.sort((a, b) => b.files - a.files || a.uid - b.uid).slice(0, shownOwners);
  const named = top.map(
    ({ uid, files }) => `${printable(ownerName(uid) ?? String(uid))} ${percent(files, total)}`,
  );
  const more = counts.length - top.length;
  return [...named, ...(more > 0 ? [`${formatCount(more)} more`] : [])].join(', ');
}

/** `12 %`; never 0 % for some, never 100 % for not quite all. */
function percent(part: number, whole: number): string {
  const share = whole > 0 ? (part / whole) * 100 : 0;
  if (share > 0 && share < 1) return 'under 1 %';
  if (share > 99 && share < 100) return 'over 99 %';
  return `${Math.round(share)} %`;
}
