import { readFileSync } from 'node:fs';

/** What share of all processors' time nobody used since the last call, from 0 to 1. */
export function createIdleShare(): () => number {
  let before = look();
  return () => {
    const now = look();
    const idle = 1 - (now.busyMs - before.busyMs) / (now.cores * (now.atMs - before.atMs));
    before = now;
    return Math.max(0, Math.min(1, idle));
  };
}

const tickMs = 10; // what the system counts in, whatever its own clock does

/** Waiting for a disk is not being busy. Node's own way asks for clock rates too, which many cores take long to answer. */
function look(): { readonly cores: number; readonly busyMs: number; readonly atMs: number } {
  const [all, ...lines] = readFileSync('/proc/stat', 'latin1').split('\n');
  const [user, nice, system, , , irq, softirq] = all!.split(/ +/).slice(1).map(Number);
  const cores = lines.findIndex((line) => !line.startsWith('cpu'));
  return { cores, busyMs: (user! + nice! + system! + irq! + softirq!) * tickMs, atMs: performance.now() };
}
