/** Parts as the Journal keeps them, and back. */
import type { PartRow } from '../../journal/types.ts';
import type { Bundle } from '../../profile/bundle.ts';
import type { BigFile } from '../bigs/big-file.ts';
import type { BigWork } from '../bigs/big-work.ts';
import type { WalkJob } from '../frontier/frontier.ts';

type WalkDetail = { readonly inline: boolean; readonly descend: boolean; readonly slice: number };
type BigDetail = Omit<BigFile, 'dir' | 'name'> & { readonly stale?: boolean };

/** What the first Part of a run is: a whole tree, or the names it was limited to. */
export function rowOfBundle(id: number, bundle: Bundle, descend: boolean): PartRow {
  return rowOfWalk({ kind: 'walk', id, bundle, inline: false, alone: false, descend });
}

export function rowOfWalk({ id, bundle, inline, descend }: WalkJob): PartRow {
  const detail: WalkDetail = { inline, descend, slice: bundle.slice };
  const kind = bundle.what === 'trees' ? 'tree' : 'names';
  return { id, kind, dir: bundle.dir, names: bundle.names, detail: JSON.stringify(detail), ranges: null };
}

/** What was new at the destination when it was written down may not be now: nothing is fresh in a row. */
export function walkOf(row: PartRow): WalkJob {
  if (row.kind === 'big') return lookOf(row);
  const { inline, descend, slice } = JSON.parse(row.detail) as WalkDetail;
  const what = row.kind === 'tree' ? 'trees' : 'entries';
  const bundle: Bundle = { dir: exact(row.dir), names: exact(row.names), what, fresh: undefined, slice };
  return { kind: 'walk', id: row.id, bundle, inline, alone: false, descend };
}

/** A large file that was found, and not begun as far as the Journal knows: it may be in place by now. */
function lookOf({ id, dir, names }: PartRow): WalkJob {
  const bundle = {
    dir: exact(dir),
    names: exact(names),
    what: 'entries',
    fresh: undefined,
    slice: 0,
  } as const;
  return { kind: 'walk', id, bundle, inline: false, alone: true, descend: false };
}

export function rowOfBig(id: number, { file, ranges }: BigWork): PartRow {
  const { dir, name, ...detail } = file;
  return {
    id,
    kind: 'big',
    dir,
    names: name,
    detail: JSON.stringify(detail),
    ranges: Uint8Array.from(ranges),
  };
}

export function bigOf(row: PartRow): BigFile {
  const { stale: _, ...detail } = JSON.parse(row.detail) as BigDetail;
  return { dir: exact(row.dir), name: exact(row.names), ...detail };
}

/** A large file that an earlier run began, for the next one to take up or take away; undefined when there is none. */
export function staleRow(id: number, row: PartRow): PartRow | undefined {
  if (row.kind !== 'big' || bigOf(row).partial === '') return undefined;
  return { ...row, id, detail: JSON.stringify({ ...(JSON.parse(row.detail) as BigDetail), stale: true }) };
}

export function isStale(row: PartRow): boolean {
  return (JSON.parse(row.detail) as BigDetail).stale === true;
}

/** Names of files of ours at the destination that the Parts still need. */
export function partialOf(row: PartRow): string | undefined {
  return row.kind === 'big' ? bigOf(row).partial || undefined : undefined;
}

/** Bytes with memory of their own, so that sending them to a lane sends nothing else. */
function exact(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
