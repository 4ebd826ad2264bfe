/** Where rsync is at both ends of a way, and what it knows there. */
import { findTools } from '../engine/rsync/program/tools.ts';
import type { End as RsyncEnd, RsyncSetup } from '../engine/rsync/setup.ts';
import { TransferError } from '../errors.ts';
import type { Shell } from '../store/shell.ts';
import type { Between } from './between.ts';
import type { End } from './end.ts';

export type RsyncEnds = Pick<RsyncSetup, 'from' | 'to'>;

export type RsyncFound = RsyncEnds & Pick<RsyncSetup, 'tools'>;

/** Throws 'unsupported' where an end is neither here nor has a shell. */
export function rsyncEnds({ source, dest }: Pick<Between, 'source' | 'dest'>): RsyncEnds {
  return { from: endOf(source), to: endOf(dest) };
}

/** `asked`: what the host was asked before. Throws 'unsupported' where an end has none that is safe. */
export async function withTools(
  ends: RsyncEnds,
  searchPath: string,
  signal: AbortSignal,
  asked?: Promise<string>,
): Promise<RsyncFound> {
  const shells = { from: shellOf(ends.from), to: shellOf(ends.to) };
  return { ...ends, tools: await findTools(searchPath, shells, signal, asked) };
}

function endOf({ kind, store, dir }: End): RsyncEnd {
  if (kind === 'local') return { kind: 'here', dir };
  if (store.shell) return { kind: 'far', shell: store.shell };
  throw new TransferError('unsupported', 'rsync cannot go there: no program can be run at the far end', {
    hint: 'choose another --strategy',
  });
}

function shellOf(end: RsyncEnd): Shell | undefined {
  return end.kind === 'far' ? end.shell : undefined;
}
