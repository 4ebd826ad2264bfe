/**
 * A program that ends when this one does, however that ends: a shell between them waits for a pipe that only we hold
 * open, and then ends it. The terminal's signals do not reach it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

const script =
  'exec 3<&0; "$@" </dev/null 3<&- & child=$!; exec 2>/dev/null; cat <&3; kill $child; wait $child';

const killMs = 2000;

export type Leashed = AsyncDisposable & {
  /** ends when the program does */
  readonly stderr: Readable;
};

/** Starts a program by its path; what it writes on standard output is dropped. Disposing ends it. */
export function leashed(argv: readonly string[], env: NodeJS.ProcessEnv): Leashed {
  const shell = spawn('/bin/sh', ['-c', script, 'sh', ...argv], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env,
    detached: true,
  });
  const ended = once(shell, 'exit').catch(() => undefined);
  shell.stdin.on('error', () => undefined); // it went before it was told to
  return {
    stderr: shell.stderr,
    [Symbol.asyncDispose]: async () => {
      shell.stdin.destroy();
      const late = setTimeout(() => killGroup(shell.pid), killMs);
      await ended;
      clearTimeout(late);
      shell.stderr.destroy();
    },
  };
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
