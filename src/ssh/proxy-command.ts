import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { Dialed } from './dial.ts';
import { gather } from './programs/tail.ts';

const endMs = 200; // to end by itself, or to say why it could not go on
const killMs = 2000;
const saidMs = 1000; // its last words, once it has ended

/** The standard streams of a ProxyCommand, run by the shell as ssh does; ended when it is disposed of. */
export function dialCommand(command: string): Dialed {
  const child = spawn('/bin/sh', ['-c', `exec ${command}`], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = once(child, 'exit').catch(() => undefined);
  const said = gather(child.stderr);
  const ends = { readable: child.stdout, writable: child.stdin };
  const stream = Duplex.from(ends as unknown as Parameters<typeof Duplex.from>[0]); // the types know web streams only
  return {
    stream,
    roundTripMs: undefined,
    complaint: said.text,
    [Symbol.asyncDispose]: async () => {
      stream.destroy();
      const stop = setTimeout(() => child.kill('SIGTERM'), endMs);
      const late = setTimeout(() => child.kill('SIGKILL'), killMs);
      await ended;
      for (const timer of [stop, late]) clearTimeout(timer);
      await Promise.race([said.over, wait(saidMs)]); // what it started itself may hold on to its streams
      for (const one of [child.stdin, child.stdout, child.stderr]) one.destroy();
    },
  };
}
