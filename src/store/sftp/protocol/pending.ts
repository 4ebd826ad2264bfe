/** Requests that wait for their answers, which come in any order. */
import type { TransferError } from '../../../errors.ts';
import { corrupt, type Reader } from './reader.ts';
import { Refusal } from './status.ts';

/** Makes the answer of a request from a packet. Throws Refusal for a status, 'corrupt' for what cannot be read. */
export type Decode<T> = (type: number, reader: Reader) => T;

type Waiting = {
  readonly answered: (type: number, reader: Reader) => void;
  readonly fail: (reason: unknown) => void;
  readonly signal: AbortSignal;
};

export type Pending = {
  readonly count: () => number;
  readonly add: <T>(
    id: number,
    decode: Decode<T>,
    late: (answer: T) => void,
    signal: AbortSignal,
  ) => Promise<T>;
  /** Throws 'corrupt' where nobody asked, or the answer cannot be read. */
  readonly settle: (id: number, type: number, reader: Reader) => void;
  readonly has: (id: number) => boolean;
  readonly failAll: (error: TransferError) => void;
};

/** An abort lets go of an answer at once; when it comes after all, it is given to `late`. */
export function createPending(): Pending {
  const waiting = new Map<number, Waiting>();
  const idsOf = watchSignals((id, reason) => waiting.get(id)?.fail(reason));
  const take = (id: number): Waiting => {
    const found = waiting.get(id);
    if (!found) throw corrupt('one that nobody asked for');
    waiting.delete(id);
    idsOf(found.signal).delete(id);
    return found;
  };
  return {
    count: () => waiting.size,
    has: (id) => waiting.has(id),
    add: (id, decode, late, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        waiting.set(id, waitingFor(decode, { resolve, reject, late }, signal));
        idsOf(signal).add(id);
      }),
    settle: (id, type, reader) => take(id).answered(type, reader),
    failAll: (error) => {
      for (const id of [...waiting.keys()]) take(id).fail(error);
    },
  };
}

type Ends<T> = {
  readonly resolve: (answer: T) => void;
  readonly reject: (reason: unknown) => void;
  readonly late: (answer: T) => void;
};

function waitingFor<T>(decode: Decode<T>, { resolve, reject, late }: Ends<T>, signal: AbortSignal): Waiting {
  let isLeft = false;
  const fail = (reason: unknown) => {
    isLeft = true;
    reject(reason);
  };
  const answered = (type: number, reader: Reader) => {
    try {
      const answer = decode(type, reader);
      if (isLeft) late(answer);
      else resolve(answer);
    } catch (error) {
      fail(error);
      if (!(error instanceof Refusal)) throw error;
    }
  };
  return { answered, fail, signal };
}

/** One listener for each signal, however many wait on it. */
function watchSignals(aborted: (id: number, reason: unknown) => void): (signal: AbortSignal) => Set<number> {
  const watched = new WeakMap<AbortSignal, Set<number>>();
  return (signal) => {
    const known = watched.get(signal);
    if (known) return known;
    const ids = new Set<number>();
    watched.set(signal, ids);
    signal.addEventListener('abort', () => {
      for (const id of ids) aborted(id, signal.reason);
    });
    return ids;
  };
}
