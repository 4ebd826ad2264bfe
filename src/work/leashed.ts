/**
 * A program that ends when this one does, however that ends: a shell between them waits for a pipe that only we hold
 * open, and then ends it. The terminal's signals do not reach it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { killGroup } from './kill-group.ts';

const script = (input: string) =>
  `exec 3<&0; "$@" ${input} 3<&- & child=$!; exec 2>/dev/null; cat <&3; kill $child; wait $child`;

const killMs = 2000;

export type Leashed = AsyncDisposable & {
  /** ends when the program does */
  readonly stderr: Readable;
  /** Its exit code, after it ended or was ended; undefined where it could not be started. */
  readonly code: () => Promise<number | undefined>;
};

/** Starts a program by its path; what it writes on standard output is dropped. `input` is all it reads. Disposing ends it. */
export function leashed(argv: readonly string[], env: NodeJS.ProcessEnv, input?: string): Leashed {
  const shell = spawn(
    '/bin/sh',
    ['-c', script(input === undefined ? '</dev/null' : '<&4 4<&-'), 'sh', ...argv],
    {
      stdio: ['pipe', 'ignore', 'pipe', 'ignore', input === undefined ? 'ignore' : 'pipe'],
      env,
      detached: true,
    },
  );
  const ended = once(shell, 'exit').catch(() => undefined);
  shell.stdin!.on('error', () => undefined); // it went before it was told to
  const fed = shell.stdio[4] as Writable | null;
  fed?.on('error', () => undefined); // it ended before it had read all
  fed?.end(input);
  const end = async () => {
    shell.stdin!.destroy();
    const late = setTimeout(() => killGroup(shell.pid), killMs);
    const [code] = (await ended) ?? [];
    clearTimeout(late);
    shell.stderr!.destroy();
    return typeof code === 'number' ? code : undefined;
  };
  return {
    stderr: shell.stderr!,
    code: end,
    [Symbol.asyncDispose]: async () => void (await end()),
  };
}
