import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A started `child.ts`: its lines as they come, and its end. */
export type Child = {
  readonly process: ChildProcessByStdio<Writable, Readable, null>;
  next(): Promise<string | undefined>;
  kill(): Promise<void>;
};

const script = join(import.meta.dirname, 'child.ts');

export function startChild(args: readonly string[], through: readonly string[] = []): Child {
  const [program, ...rest] = [...through, process.execPath, script, ...args] as [string, ...string[]];
  const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.stdin.on('error', () => undefined); // it may be gone before it reads
  return {
    process: child,
    next: async () => ((await lines.next()) as IteratorResult<string, undefined>).value,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** All lines that are still to come from a child that ended or will. */
export async function restOf(child: Child): Promise<string[]> {
  const lines: string[] = [];
  for (let line = await child.next(); line !== undefined; line = await child.next()) lines.push(line);
  return lines;
}
