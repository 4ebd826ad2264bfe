import { readFileSync } from 'node:fs';

let known: number | undefined;

/** The user's umask, also after it was taken. */
export function userUmask(): number {
  known ??= Number.parseInt(/^Umask:\s*(\d+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]!, 8);
  return known;
}

/** The same; from now on the process has none, and who makes a file gives it a mode. */
export function takeUmask(): number {
  const taken = userUmask();
  process.umask(0);
  return taken;
}

/** For what is started meanwhile, which has it from then on. */
export function withUmask<T>(umask: number, start: () => T): T {
  const ours = process.umask(umask);
  try {
    return start();
  } finally {
    process.umask(ours);
  }
}
