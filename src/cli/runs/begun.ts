import type { ListedRun } from '../../journal/list.ts';
import type { BegunFiles } from '../../report/events.ts';

/** What is there of large files that a run goes on with, where it is among `runs`; what is left on a route is of its newest run. */
export async function begunOf(
  dir: string,
  run: ListedRun,
  runs: readonly ListedRun[],
): Promise<BegunFiles | undefined> {
  const newest = runs.find(({ key }) => key === run.key);
  if (newest?.id !== run.id) return undefined;
  const { pendingOf } = await import('../../journal/list.ts');
  const { begunThere } = await import('../../run/begun-there.ts');
  return begunThere(pendingOf(dir, run.key));
}
