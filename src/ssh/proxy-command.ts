import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import type { Dialed } from './dial.ts';
import { createTail } from './tail.ts';

/** The standard streams of a ProxyCommand, run by the shell as ssh does; ended when it is disposed of. */
export function dialCommand(command: string): Dialed {
  const child = spawn('/bin/sh', ['-c', `exec ${command}`], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = once(child, 'close').catch(() => undefined);
  const complaint = createTail(child.stderr);
  const ends = { readable: child.stdout, writable: child.stdin };
  const stream = Duplex.from(ends as unknown as Parameters<typeof Duplex.from>[0]); // the types know web streams only
  return {
    stream,
    roundTripMs: undefined,
    complaint,
    [Symbol.asyncDispose]: async () => {
      stream.destroy();
      const late = setTimeout(() => child.kill('SIGKILL'), 2_000);
      child.kill('SIGTERM');
      await ended;
      clearTimeout(late);
    },
  };
}
