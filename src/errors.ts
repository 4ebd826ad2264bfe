/**
 * Why something failed, from a closed list, and what the program's exit code says about it.
 *
 * Errors are made where path and operation are known, once, and carry a hint for the person who reads them.
 */

export type Kind =
  | 'usage' // wrong flag, wrong place, wrong configuration
  | 'missing' // it is not there, or vanished while it was read
  | 'denied' // no permission
  | 'full' // no space, no quota, no inodes
  | 'readonly' // the destination cannot be written to at all any more, or never could
  | 'changed' // the source changed while it was read
  | 'conflict' // something at the destination is in the way, or a rival wrote there
  | 'refused' // a safety rule says no
  | 'locked' // another run holds this route
  | 'corrupt' // bytes or a Journal are not what they should be
  | 'unsupported' // a place or this build cannot do it
  | 'transient' // worth trying again
  | 'io' // the disk or the system failed
  | 'stopped'; // a signal, or too many errors

const exits = {
  usage: 2,
  missing: 1,
  denied: 1,
  full: 1,
  readonly: 1,
  changed: 1,
  conflict: 1,
  refused: 5,
  locked: 6,
  corrupt: 1,
  unsupported: 2,
  transient: 1,
  io: 1,
  stopped: 1,
} as const satisfies Record<Kind, number>;

export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  partial: 3,
  different: 4,
  refused: 5,
  locked: 6,
  hangup: 129,
  interrupted: 130,
  terminated: 143,
} as const;

type Details = {
  readonly hint?: string;
  readonly cause?: unknown;
  readonly waitMs?: number | undefined;
  readonly isOfOne?: boolean;
};

/** A failure a person can act on: the sentence says what could not be done, on what, and why. */
export class TransferError extends Error {
  readonly kind: Kind;
  readonly hint: string | undefined;
  /** how long the other side wants to be left alone; without an end where another try cannot help */
  readonly waitMs: number | undefined;
  /** the place is there and answers, so it may fail with this one entry only */
  readonly isOfOne: boolean;

  constructor(kind: Kind, message: string, { hint, cause, waitMs, isOfOne = false }: Details = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'TransferError';
    this.kind = kind;
    this.hint = hint;
    this.waitMs = waitMs;
    this.isOfOne = isOfOne;
  }
}

/** Whether something that was thrown is a failure of one of these kinds. */
export function isKind(error: unknown, ...kinds: readonly Kind[]): error is TransferError {
  return error instanceof TransferError && kinds.includes(error.kind);
}

/** Whether the destination takes nothing more until somebody sees to it: the run stops, to go on later. */
export function takesNoMore(kind: Kind): boolean {
  return kind === 'full' || kind === 'readonly';
}

/** The exit code of a run that ended with this error; anything that is not a TransferError is 1. */
export function exitCodeOf(error: unknown): number {
  return error instanceof TransferError ? exits[error.kind] : exitCodes.failed;
}
