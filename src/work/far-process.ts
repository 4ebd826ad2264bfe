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
