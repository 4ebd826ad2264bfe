/** What does not go through SFTP and tar, and what is said of it. */
import type { Lack, Lacks, Title } from '../contract/engine.ts';

const lack = (lines: RegExp, notices: Lack['notices'] = {}): Lack => ({ notices, lines });
const coarse = (clock: number): Lack => ({ notices: { clock } });

// SFTP tells no time outside of 1970 to 2106
const always: Lacks = {
  'symlinks of every kind': lack(/^.L..t.* below\/dangling -> .*\n/gm),
  'hard links': lack(/^hL\S* .*\n/gm),
  'FIFOs and sockets': lack(/^(hS .* => .*|cS.* below\/socket)\n/gm, { special: 1 }),
  times: lack(/^\.[df]..t.*\n/gm),
};

function also(said: Partial<Record<Title, Lack['notices']>>): Lacks {
  const all = Object.entries(always) as [Title, Lack][];
  return {
    ...always,
    ...Object.fromEntries(
      all.map(([title, one]) => [title, { ...one, notices: said[title] ?? one.notices }]),
    ),
  };
}

/** From a disk of this machine, whose times have more digits than SFTP takes. */
export const lacksOut: Lacks = {
  ...also({
    'symlinks of every kind': { times: 1 },
    'hard links': { clock: 2 },
    times: { times: 6 },
  }),
  'extended attributes': coarse(2),
  'access control lists': coarse(1),
  '1 MiB and one more': coarse(1),
  'exactly 64 MiB': coarse(1),
  '64 MiB and one more': coarse(1),
  '130 MiB of data': coarse(1),
  'sparse files': coarse(7),
};

/** From one such place to another: what goes alone loses its fraction of a second, and a time that SFTP has no room for. */
export const lacksBetween: Lacks = {
  ...also({
    'symlinks of every kind': { times: 1 },
    'hard links': { clock: 2 },
    times: { times: 6, clock: 3 },
  }),
  'extended attributes': coarse(2),
  'access control lists': coarse(1),
  '1 MiB and one more': coarse(1),
};

/** To a disk of this machine, where a socket is made if tar does not. */
export const lacksHere: Lacks = { ...always, 'FIFOs and sockets': lack(/^hS .* => .*\n/gm) };

export const large: readonly Title[] = [
  'an empty file',
  'one byte',
  'exactly 1 MiB',
  'exactly 64 MiB',
  '64 MiB and one more',
  '130 MiB of data',
  '300 levels',
];
