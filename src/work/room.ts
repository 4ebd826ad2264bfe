import { cpus } from 'node:os';

/** What share of all processors' time nobody used since the last call, from 0 to 1. */
export function createRoom(): () => number {
  let before = look();
  return () => {
    const now = look();
    const room = 1 - (now.busyMs - before.busyMs) / (now.cores * (now.atMs - before.atMs));
    before = now;
    return Math.max(0, Math.min(1, room));
  };
}

/** Waiting for a disk is not being busy. */
function look(): { readonly cores: number; readonly busyMs: number; readonly atMs: number } {
  const all = cpus();
  const busyMs = all.reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  return { cores: all.length, busyMs, atMs: performance.now() };
}
