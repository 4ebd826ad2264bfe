/** The program run as a person would whose rclone has these remotes. */
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Ended, type How, type Running, run, runTo, start } from '../survive/program.ts';
import { type Remotes, remotes } from './remotes.ts';

export type Ground = AsyncDisposable &
  Omit<Remotes, typeof Symbol.asyncDispose> & {
    readonly source: string;
    readonly back: string;
    readonly state: string;
    readonly start: (words: readonly string[], how?: How) => Running;
    readonly run: (words: readonly string[], how?: How) => Promise<Ended>;
    readonly runTo: (status: number, words: readonly string[], how?: How) => Promise<Ended>;
  };

/** `program` is the rclone that is found in PATH. */
export function ground(program: string): Ground {
  const here = remotes(program);
  const [source, state, bin] = ['from', 'state', 'bin'].map((name) => join(here.path, name)) as [
    string,
    string,
    string,
  ];
  fs.mkdirSync(source);
  fs.mkdirSync(bin);
  fs.symlinkSync(here.rclone.program!, join(bin, 'rclone'));
  const PATH = `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`;
  const how = (more: How = {}): How => ({ ...more, env: { ...here.env, PATH, ...more.env } });
  return {
    ...here,
    source,
    state,
    back: join(here.path, 'back'),
    start: (words, more) => start(state, words, how(more)),
    run: (words, more) => run(state, words, how(more)),
    runTo: (status, words, more) => runTo(status, state, words, how(more)),
  };
}

/** The processes of rclone that still serve a place of this ground. */
export function serving(here: Pick<Remotes, 'path'>): number[] {
  return running(here, /\0rcd\0/);
}

/** Waits until a file is somewhere below, and answers the process of rclone that serves then. */
export async function begun(here: Pick<Remotes, 'path'>, dest: string): Promise<number> {
  for (let tries = 0; tries < 2000; tries++) {
    const found = fs.globSync('**/f*', { cwd: dest });
    const [pid] = found.length > 0 ? running(here, /^[^\0]*rclone\0rcd\0/) : [];
    if (pid !== undefined) return pid;
    await wait(5);
  }
  throw new Error('no rclone copies');
}

function running({ path }: Pick<Remotes, 'path'>, words: RegExp): number[] {
  const pids = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      const line = fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      return words.test(line) && fs.readFileSync(`/proc/${pid}/environ`, 'latin1').includes(path);
    } catch {
      return false; // it ended meanwhile
    }
  });
}
