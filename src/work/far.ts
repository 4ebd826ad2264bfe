/** A program that runs on another machine, whichever way it was started there. */
import type { Readable, Writable } from 'node:stream';

export type FarProcess = AsyncDisposable & {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** the end of what it said on stderr, so far */
  readonly complaint: () => string;
  readonly ended: Promise<{ readonly code: number | undefined; readonly signal: string | undefined }>;
};

/**
 * Runs a script for a POSIX sh, whatever the login shell is. The arguments are bytes, "$1" and so on; the script holds
 * nothing that any login shell reads inside single quotes: no quote of that kind, no newline, no `!`, no `\`.
 */
export type RunFar = (
  script: string,
  args: readonly Uint8Array[],
  signal: AbortSignal,
) => Promise<FarProcess>;
