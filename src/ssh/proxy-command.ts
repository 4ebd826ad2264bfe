import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { Dialed } from './dial.ts';
import { createTail } from './tail.ts';

const killMs = 2000;
const saidMs = 200; // its last words, once it has ended

/** The standard streams of a ProxyCommand, run by the shell as ssh does; ended when it is disposed of. */
export function dialCommand(command: string): Dialed {
  const child = spawn('/bin/sh', ['-c', `exec ${command}`], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = once(child, 'exit').catch(() => undefined);
  const closed = once(child, 'close').catch(() => undefined);
  const complaint = createTail(child.stderr);
  const ends = { readable: child.stdout, writable: child.stdin };
  const stream = Duplex.from(ends as unknown as Parameters<typeof Duplex.from>[0]); // the types know web streams only
  return {
    stream,
    roundTripMs: undefined,
    complaint,
    [Symbol.asyncDispose]: async () => {
      stream.destroy();
      const late = setTimeout(() => child.kill('SIGKILL'), killMs);
      child.kill('SIGTERM');
      await ended;
      clearTimeout(late);
      await Promise.race([closed, wait(saidMs)]); // what it started itself may hold on to its streams
      for (const one of [child.stdin, child.stdout, child.stderr]) one.destroy();
    },
  };
}
