import * as fs from 'node:fs';
import { join } from 'node:path';
import { type How, type Ran, run, shell, workspace } from './run.ts';

/** A source directory that is there, a destination that is not, and the program to go from one to the other. */
export type Pair = {
  readonly here: string;
  readonly source: string;
  readonly dest: string;
  /** Runs a script in the source. */
  make(script: string, ...words: string[]): Promise<string>;
  transfer(flags?: readonly string[], how?: How): Promise<Ran>;
  verify(flags?: readonly string[], how?: How): Promise<Ran>;
};

export function pair(where?: 'memory' | 'disk'): Pair {
  const here = workspace(where);
  const [source, dest] = [join(here, 'from'), join(here, 'to')];
  fs.mkdirSync(source);
  const verb = (name: string, flags: readonly string[] = [], how?: How) =>
    run(join(here, 'state'), [name, ...flags, source, dest], how);
  return {
    here,
    source,
    dest,
    make: (script, ...words) => shell(source, script, ...words),
    transfer: (flags, how) => verb('transfer', ['-v', ...(flags ?? [])], how),
    verify: (flags, how) => verb('verify', flags, how),
  };
}

/** What was said of each entry, in an order of its own. */
export function said({ entries }: Ran): string[] {
  return entries.map(({ action, path }) => `${action} ${path}`).sort();
}

/** Runs dry and then for real, and answers what both said they did; undefined where they did not agree. */
export async function bothWays({ transfer }: Pair, ...flags: string[]) {
  const planned = await transfer(['--dry-run', ...flags]);
  const done = await transfer(flags);
  return { planned: said(planned), done: said(done), ran: done };
}
