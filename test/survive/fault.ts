/** Faults at a chosen system call of the program, by strace. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { type Ended, run } from './program.ts';

/** One thread each for files and for copying, so that calls come in the same order each time. */
export const inOrder = { UV_THREADPOOL_SIZE: '1' };

/** A system call as strace shows it, and which of its name in its thread it is. */
export type Call = { readonly name: string; readonly number: number; readonly line: string };

type Traced = { readonly ended: Ended; readonly calls: readonly Call[] };

/** Runs the program under strace, with these of strace's words, and reads what it saw. */
export async function traced(
  scratch: string,
  strace: readonly string[],
  stateDir: string,
  words: readonly string[],
): Promise<Traced> {
  const out = join(scratch, 'strace.out');
  const under = ['strace', '-f', '-y', '-qq', '-o', out, ...strace];
  const ended = await run(stateDir, words, { under, env: inOrder });
  return { ended, calls: readCalls(fs.readFileSync(out, 'latin1')) };
}

function readCalls(text: string): Call[] {
  const counts = new Map<string, number>();
  const calls: Call[] = [];
  for (const line of wholeLines(text)) {
    const [, thread, name] = /^(\d+) +(\w+)\(/.exec(line) ?? [];
    if (name === undefined) continue;
    const key = `${thread} ${name}`;
    const number = (counts.get(key) ?? 0) + 1;
    counts.set(key, number);
    calls.push({ name, number, line });
  }
  return calls;
}

/** strace cuts a call in two when another thread makes one before it has ended. */
function wholeLines(text: string): string[] {
  const lines: string[] = [];
  const open = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, thread, rest = ''] = /^(\d+) +<\.\.\. \w+ resumed>(.*)/.exec(line) ?? [];
    const begun = thread === undefined ? undefined : open.get(thread);
    if (begun !== undefined) lines[begun] = `${lines[begun]}${rest}`;
    else if (lines.push(line) && line.endsWith('<unfinished ...>'))
      open.set(line.split(' ', 1)[0]!, lines.length - 1);
  }
  return lines;
}

export function wasInjected({ line }: Call): boolean {
  return line.includes('(INJECTED)');
}
