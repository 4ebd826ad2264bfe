/**
 * The two streams a person or a program reads: results on standard output, everything else on standard error.
 *
 * Results are written in batches, in order with the rest. When they cannot be written any more, because the
 * reader went away (`| head`) or a disk is full, what follows is dropped, and `onGone` is told once. Who opened
 * the process's streams says why.
 */
import { printable } from './show.ts';

const batchChars = 65_536;

export type Printer = {
  /** One line of results, safe for a terminal already. */
  result(line: string): void;
  /** One line for the person; unsafe characters are escaped here. */
  notice(line: string): void;
  /** Called before anything is written, for who draws on the terminal. */
  beforeWrite(clear: () => void): void;
  /** Writes what is left. */
  end(): void;
};

export function createPrinter(onGone: () => void): Printer {
  let gone = false;
  let clear = () => {};
  let batch = '';
  let waiting: NodeJS.Immediate | undefined;

  const flush = () => {
    if (waiting) clearImmediate(waiting);
    waiting = undefined;
    if (batch === '') return;
    clear();
    if (!gone) process.stdout.write(batch);
    batch = '';
  };
  process.stdout.once('error', () => {
    gone = true;
    onGone();
  });

  return {
    result(line) {
      batch += `${line}\n`;
      if (batch.length >= batchChars) return flush();
      waiting ??= setImmediate(flush);
    },
    notice(line) {
      flush();
      clear();
      process.stderr.write(`${printable(line)}\n`);
    },
    beforeWrite(next) {
      clear = next;
    },
    end: flush,
  };
}
