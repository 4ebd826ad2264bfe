import * as fs from 'node:fs';
import { hostname } from 'node:os';
import { removeFile } from '../work/remove-file.ts';

/** The process that holds a route, told apart from a later one with the same pid. */
export type Holder = {
  readonly pid: number;
  readonly startTime: string; // in clock ticks since the machine's start
  readonly bootId: string;
  readonly host: string;
  readonly sinceMs: number;
  readonly run: string | undefined; // once it has begun
};

/** This process as a holder, from now on. */
export function thisHolder(): Holder {
  return {
    pid: process.pid,
    startTime: startTimeOf(process.pid) ?? '',
    bootId: bootId(),
    host: hostname(),
    sinceMs: Date.now(),
    run: undefined,
  };
}

/** Of the machine, since it was started. */
export function bootId(): string {
  return fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/** Whether this very process still runs here; false too for one on another machine, which cannot be asked. */
export function isAlive(holder: Holder): boolean {
  return holder.bootId === bootId() && startTimeOf(holder.pid) === holder.startTime;
}

/** Who the file names, alive or not; undefined if it names nobody. */
export function readHolder(path: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(fs.readFileSync(path, 'utf8'));
    return isHolder(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Replaces the file at once: a reader sees the old holder or the new one. */
export function writeHolder(path: string, holder: Holder): void {
  const next = `${path}.new`;
  removeFile(next);
  try {
    fs.writeFileSync(next, `${JSON.stringify(holder)}\n`, { flag: 'wx', mode: 0o600 });
    fs.renameSync(next, path);
  } catch (error) {
    removeFile(next);
    throw error;
  }
}

function isHolder(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, startTime, bootId, host, sinceMs } = value as Partial<Record<keyof Holder, unknown>>;
  const texts = [startTime, bootId, host].every((text) => typeof text === 'string');
  return texts && Number.isInteger(pid) && typeof sinceMs === 'number';
}

/** Field 22 of the process's stat; undefined if there is no such process, or it only waits to be buried. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : fields[18];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
