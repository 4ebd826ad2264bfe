/** A program that runs on another machine, whichever way it was started there. */
import type { Readable, Writable } from 'node:stream';

export type FarEnd = { readonly code: number | undefined; readonly signal: string | undefined };

export type FarProcess = AsyncDisposable & {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** the last few KB of what it wrote on standard error, or 'all', which is half a megabyte at most */
  readonly complaint: (how?: 'all') => string;
  /**
   * How it ended, when all it wrote on standard error is there; rejects 'transient' when the connection went first,
   * and with the signal's reason. Read stdout: what does not fit holds the end back. Where a stream failed, this says
   * why.
   */
  readonly ended: Promise<FarEnd>;
};

/**
 * Runs a script for a POSIX sh, whatever the login shell is. The arguments are bytes, "$1" and so on; the script holds
 * nothing that any login shell reads inside single quotes: no quote of that kind, no newline, no `!`, no `\`.
 */
export type RunFar = (
  script: string,
  args: readonly Uint8Array[],
  signal: AbortSignal,
  how?: RunHow,
) => Promise<FarProcess>;

export type RunHow = {
  /** it moves so much that it wants a connection of its own, which takes a while to make */
  readonly isHeavy?: boolean;
  /** it reads nothing: its input has ended before it begins */
  readonly readsNothing?: boolean;
};

/** Lets a program that needs no input, and whose output nobody wants, come to its end. */
export function finished({ stdin, stdout, ended }: FarProcess): FarProcess['ended'] {
  stdin.end();
  stdout.resume();
  return ended;
}

/** A path that `cd` takes for one, whatever it begins with; empty is where the login shell begins. */
export function forCd(path: Uint8Array): Uint8Array {
  return path[0] === 0x2f ? path : Buffer.concat([Buffer.from('./'), path]);
}

/** Words for sh that stand for these bytes, a character for each byte. Throws for a NUL, which none can hold. */
export function quoted(words: readonly Uint8Array[]): string {
  if (words.some((word) => word.includes(0))) throw new RangeError('a word for a shell holds a NUL byte');
  return words.map((word) => `'${Buffer.from(word).toString('latin1').replaceAll("'", "'\\''")}'`).join(' ');
}

/** For `case WORD in PATTERN)` of sh: what `sync` says of itself, and what one says that syncs single file systems. */
export const syncWords = { said: '"$(sync --help 2>&1 </dev/null)"', takesFile: '*-f*|*-df*' } as const;
