import { exitCodeOf, type Kind, TransferError } from '../../errors.ts';
import { reasonOf } from '../../work/posix/errno.ts';

export type Explained = {
  readonly kind: Kind | 'bug';
  readonly message: string;
  readonly hint: string | undefined;
  readonly exitCode: number;
};

/** An error as a person reads it: what is not an expected failure is a bug, and says so. */
export function explain(error: unknown): Explained {
  const exitCode = exitCodeOf(error);
  if (error instanceof TransferError) {
    return { kind: error.kind, message: error.message, hint: error.hint, exitCode };
  }
  const { syscall, path } = error as NodeJS.ErrnoException;
  if (syscall !== undefined) {
    const message = `cannot ${[syscall, path].filter(Boolean).join(' ')}: ${reasonOf(error)}`;
    return { kind: 'io', message, hint: undefined, exitCode };
  }
  const hint = 'this is a bug: DIFPIPE_DEBUG=1 shows where, please report it';
  return { kind: 'bug', message: error instanceof Error ? error.message : String(error), hint, exitCode };
}

/** Says it in one line; where the error came from too, if DIFPIPE_DEBUG is 1. */
export function sayExplained(explained: Explained, error: unknown, say: (line: string) => void): void {
  say(errorLine(explained));
  if (process.env.DIFPIPE_DEBUG !== '1' || !(error instanceof Error)) return;
  for (let at: unknown = error; at instanceof Error; at = at.cause)
    at.stack?.split('\n').forEach((line) => void say(line));
}

/** `difpipe: what could not be done; what to try`. A wrong word reads `difpipe: what: what was expected`. */
function errorLine({ kind, message, hint }: Explained): string {
  const mark = kind === 'usage' ? ':' : ';';
  return `difpipe: ${message}${hint === undefined ? '' : `${mark} ${hint}`}`;
}
