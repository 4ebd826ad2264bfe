/** The programs as they are run, each with what is cleared away before. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { Contender } from './contest.ts';
import { differences } from './judge.ts';
import type { Bench } from './row.ts';
import { difpipe } from './tools.ts';
import { remove } from './trees.ts';

type Copy = { readonly source: string; readonly dest: string };

/** What `--json` says at the end, as far as it is looked at here. */
export type Finished = {
  readonly type: string;
  readonly elapsedMs: number;
  readonly journalMs: number;
  readonly tally: { readonly copied: number; readonly skipped: number };
};

export function finished(stdout: string): Finished {
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Finished;
}

export function transfer({ source, dest }: Copy, state: string, ...flags: readonly string[]): string[] {
  return [difpipe, 'transfer', '--json', '--progress', 'none', '--state-dir', state, ...flags, source, dest];
}

/** difpipe and all who copy trees, in the order of the table; each starts without a destination. */
export function copiers(bench: Bench, source: string, names: readonly string[]): Contender[] {
  const dest = join(bench.work, 'copy');
  const state = join(bench.work, 'state');
  const all: readonly (Contender | false)[] = [
    contender('difpipe', transfer({ source, dest }, state), 'everything'),
    bench.tools.has('cp') && contender('cp -a', ['cp', '-a', source, dest], 'everything'),
    bench.tools.has('rsync') &&
      contender('rsync -a', ['rsync', '-a', `${source}/`, `${dest}/`], 'everything'),
    bench.tools.has('rclone') && contender('rclone copy', ['rclone', 'copy', source, dest], 'content'),
    bench.tools.copier !== undefined &&
      contender('C', [bench.tools.copier, 'copy', source, dest], 'everything'),
  ];
  return all.filter((one) => one !== false).filter(({ name }) => names.includes(name));

  function contender(name: string, argv: readonly string[], depth: 'everything' | 'content'): Contender {
    return {
      name,
      argv,
      before: () => remove(dest, state),
      judge: () => differences(source, dest, depth),
    };
  }
}

/** The state an earlier run left, as it was then. */
export function keepState(state: string): () => void {
  const kept = `${state}.kept`;
  fs.cpSync(state, kept, { recursive: true });
  return () => {
    remove(state);
    fs.cpSync(kept, state, { recursive: true });
  };
}
