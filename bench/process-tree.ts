/** Ends what programs left behind: all of a process group, or all that a process has started. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';

/** Returns when none of the group is left. */
export function endGroup(leader: number): void {
  until(() => !sent(-leader, 'SIGKILL'));
}

/** Ends all that it has started, and what those have, but not itself. Returns when they are gone. */
export function endDescendants(pid: number): void {
  until(() => held(pid).filter((one) => sent(one, 'SIGKILL')).length === 0);
}

function until(done: () => boolean): void {
  for (let tries = 0; tries < 200; tries++) {
    if (done()) return;
    spawnSync('sleep', ['0.02']);
  }
  throw new Error('what a program has started does not end');
}

/** False: there is none any more. */
function sent(pid: number, signal: 'SIGKILL' | 'SIGSTOP'): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** All of them, stopped: what one starts while it is ended would be nobody's. */
function held(pid: number): number[] {
  const all = new Set<number>();
  for (;;) {
    const more = descendants(pid).filter((one) => !all.has(one));
    if (more.length === 0) return [...all];
    for (const one of more) {
      all.add(one);
      sent(one, 'SIGSTOP');
    }
  }
}

/** Those who ended and were not waited for are not among them. */
function descendants(of: number): number[] {
  const alive = fs.readdirSync('/proc').flatMap(processAt);
  const found = [of];
  for (const parent of found)
    found.push(...alive.filter((one) => one.parent === parent).map(({ pid }) => pid));
  return found.slice(1);
}

type Process = { readonly pid: number; readonly parent: number };

function processAt(name: string): Process[] {
  if (!/^\d+$/.test(name)) return [];
  try {
    const stat = fs.readFileSync(`/proc/${name}/stat`, 'latin1');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? [] : [{ pid: Number(name), parent: Number(parent) }];
  } catch {
    return []; // it ended meanwhile
  }
}
