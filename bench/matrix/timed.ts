/** A program in a process group of its own: who takes too long is ended with all that it has started. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { endGroup } from '../process-tree.ts';

export type Ended =
  | { readonly ended: 'well'; readonly ms: number; readonly stdout: string }
  | { readonly ended: 'badly'; readonly why: string }
  | { readonly ended: 'late' };

const graceSeconds = 1;

/**
 * `timeout` makes the group, and ends when we are ended. Nothing of the group is left when this returns: what it says
 * goes to files in `work`, as a pipe would be waited for until its last holder has ended.
 */
export function timed(argv: readonly string[], work: string, mostMs: number): Ended {
  const words = ['--pdeathsig', 'TERM', 'timeout', '-k', `${graceSeconds}`, `${mostMs / 1000}`, ...argv];
  const paths = [join(work, 'stdout'), join(work, 'stderr')] as const;
  const fds = paths.map((path) => fs.openSync(path, 'w'));
  const startMs = performance.now();
  const { pid, status } = spawnSync('setpriv', words, { stdio: ['ignore', ...fds] });
  const ms = performance.now() - startMs;
  endGroup(pid);
  for (const fd of fds) fs.closeSync(fd);
  const [stdout, stderr] = paths.map((path) => fs.readFileSync(path, 'utf8'));
  if (ms >= mostMs) return { ended: 'late' };
  if (status !== 0) return { ended: 'badly', why: `ended with ${status}: ${stderr!.slice(-300)}` };
  return { ended: 'well', ms, stdout: stdout! };
}
