/** The first names of files that have several: each is put in its place as if it had no other, many together. */
import type { LinkName } from '../../../journal/types.ts';
import { pathIn } from '../../../store/named.ts';
import type { RelativePath } from '../../../store/path.ts';
import { each } from '../../../work/each.ts';
import { pathKey } from '../../../work/posix/path.ts';
import type { Reentered } from '../directory/enter.ts';
import type { Lane } from '../lane.ts';
import { Together } from '../together.ts';
import { settleFile } from './file.ts';

/** 'later': it is large, and was handed back. */
export type Settled = 'done' | 'failed' | 'later';

const firstsAtOnce = 1000; // they wait for answers

/** What became of each; those that are no files any more are missing. Directories are left to who has opened them. */
export async function settleFirsts(
  lane: Lane,
  directories: Reentered,
  firsts: readonly LinkName[],
): Promise<ReadonlyMap<LinkName, Settled>> {
  const { batches, dryRun, single } = lane.setup;
  lane.together = batches && !(dryRun || single) ? new Together(lane, batches) : undefined;
  const seen: LinkName[] = [];
  try {
    await each(firstsAtOnce, firsts, lane.signal, async (first) => {
      if (await settle(lane, directories, first)) seen.push(first);
    });
    await lane.together?.flush();
  } finally {
    await lane.together?.ended();
    lane.together = undefined;
  }
  const became = becameOf(lane);
  return new Map(seen.map((first) => [first, became(first)]));
}

/** False where it is no file any more. */
async function settle(lane: Lane, directories: Reentered, first: LinkName): Promise<boolean> {
  const path = pathOf(first);
  try {
    const entry = await lane.setup.source.stat(path, lane.signal);
    if (entry?.kind !== 'file') return false;
    const here = await directories.at(first.dir);
    if (here.isOurs(entry)) return true;
    const linked = entry.linked ?? pathKey(path); // a server that is asked for one does not say so
    await settleFile(here, { ...entry, linked }, false);
    if (here.isBatched) here.touched = true; // a batch leaves it as it was then
  } catch (error) {
    lane.failed(path, error);
  }
  return true;
}

/** What became of a name that was settled in this job. */
export function becameOf({ ledger }: Lane): (name: LinkName) => Settled {
  const failed = new Set(ledger.out.failures.map(({ path }) => pathKey(path)));
  const bigs = new Set(ledger.out.bigs.map((big) => `${pathKey(big.dir)}/${pathKey(big.name)}`));
  return (name) => {
    if (failed.has(pathKey(pathOf(name))) || failed.has(pathKey(name.dir))) return 'failed';
    return bigs.has(`${pathKey(name.dir)}/${pathKey(packed(name))}`) ? 'later' : 'done';
  };
}

/** As bundles have it. */
export function packed({ name }: LinkName): Uint8Array {
  return Uint8Array.of(...name, 0);
}

export function pathOf({ dir, name }: LinkName): RelativePath {
  return pathIn(dir, name);
}
