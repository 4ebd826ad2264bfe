/** What rsync is told, as words that hold nothing of the person's but checked options. */
import type { Preserve } from '../../../request.ts';
import { ofThePlace } from '../../../store/attributes.ts';
import type { RsyncSetup } from '../setup.ts';
import { itemFormat } from './item.ts';

export type Errand = {
  /** says what it would do, and does nothing */
  readonly dryRun: boolean;
  /** says how far it is inside files */
  readonly showsBytes: boolean;
  /** where unfinished files are, below the destination; undefined: nothing is going to be written */
  readonly tempDir: string | undefined;
  /** where a large file that was cut off waits; undefined: it begins anew */
  readonly partialDir: string | undefined;
};

/** Where the directory of an end is for rsync: an open descriptor, whatever its name is, or what the far shell entered. */
export const fds = { there: 3, told: 4, source: 5, dest: 6, back: 7 } as const;

/** All words but the names of the ends. */
export function wordsFor(setup: RsyncSetup, errand: Errand): string[] {
  const { tempDir, partialDir, dryRun, showsBytes } = errand;
  return [
    ...kept(setup),
    ...leftToThePlace(setup),
    ...compared(setup),
    '--numeric-ids',
    '-s', // what it tells the other rsync goes past every shell
    `--out-format=${itemFormat}`,
    ...(dryRun ? ['--dry-run'] : []),
    // A line at once costs it more than a small file.
    ...(showsBytes ? ['--info=progress2', '--no-human-readable', '--outbuf=L'] : ['--outbuf=B']),
    ...(tempDir === undefined ? [] : [`--temp-dir=${tempDir}`]),
    ...(partialDir === undefined ? [] : [`--partial-dir=${partialDir}`]),
    ...(setup.single ? ['--no-implied-dirs'] : []), // the directory it goes into is not ours
    ...limited(setup),
    ...setup.options,
  ];
}

const letters = {
  mode: '-p',
  owner: '-og',
  times: '-t',
  hardlinks: '-H',
  xattrs: '-X',
  acls: '-A',
  sparse: '-S',
  specials: '-D',
} as const satisfies Record<keyof Preserve, string>;

function kept({ keep, tools, to }: RsyncSetup): string[] {
  const able: Preserve = {
    ...keep,
    xattrs: keep.xattrs && tools.xattrs,
    acls: keep.acls && tools.acls,
  };
  const words = (Object.keys(letters) as (keyof Preserve)[]).filter((what) => able[what]);
  const without = to.kind === 'far' ? ['--no-p', '--remote-option=--no-p'] : ['--no-p']; // -A brings it on both sides
  return ['-l', ...words.map((what) => letters[what]), ...(able.mode ? [] : without)];
}

/** rsync would carry and take away what root sees of it; without our rules it leaves only `system.*` alone. */
function leftToThePlace({ keep, tools, to }: RsyncSetup): string[] {
  if (!keep.xattrs || !tools.xattrs || tools.uid !== 0) return [];
  const rules = ofThePlace.map((pattern) => `--filter=-x ${pattern}`);
  return to.kind === 'far' ? [...rules, ...rules.map((rule) => `--remote-option=${rule}`)] : rules;
}

/** By content where times say nothing: they are not kept, or may be those of bytes that a power cut took. */
function compared({ checksum, keep, suspectSince, dest }: RsyncSetup): string[] {
  const isSuspect = suspectSince > 0n && dest.sync !== undefined;
  const byContent = checksum || !keep.times || isSuspect;
  return [...(byContent ? ['--checksum'] : []), '--modify-window=-1']; // to the nanosecond
}

/** Between two places of this machine nobody else is in between. */
function limited({ bytesPerSecond, from, to }: RsyncSetup): string[] {
  if (bytesPerSecond === undefined || from.kind === 'far' || to.kind === 'far') return [];
  return [`--bwlimit=${Math.max(1, Math.round(bytesPerSecond / 1024))}`];
}
