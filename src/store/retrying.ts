/**
 * A store that tries again what may pass: the one retry loop of the program. Only errors of the kind 'transient' are
 * worth it; the last one is thrown when all tries are used up, and is not tried again by a wrapper further out.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isKind } from '../errors.ts';
import type { Body, Listed, Parts, Range, Store } from './store.ts';

export type RetryHow = {
  /** how often after the first time */
  readonly tries: number;
  /** before the second try; twice as long before each one after that */
  readonly waitMs: number;
  readonly mostWaitMs: number;
};

/**
 * The same store, with patience. A call whose answer was lost may have been done: `write` and all that makes a name
 * then answer 'conflict' though what they made is there, `remove` false, `finish` 'missing'.
 */
export function retrying(store: Store, how: RetryHow): Store {
  const { list, stat, read, write, remove } = store;
  const { canonical, makeDirectory, makeSymlink, readLink, makeLink, dress, sync, parts } = store;
  const again = <A extends unknown[], T>(act: (...args: [...A, AbortSignal]) => Promise<T>) =>
    patient(act, how);
  return {
    ...store,
    list: (dir, signal) => listed(() => list(dir, signal), how, signal),
    stat: again(stat),
    read: (file) => patientBody(read(file), how),
    write: again(write),
    remove: again(remove),
    ...(canonical && { canonical: again(canonical) }),
    ...(makeDirectory && { makeDirectory: again(makeDirectory) }),
    ...(makeSymlink && { makeSymlink: again(makeSymlink) }),
    ...(readLink && { readLink: again(readLink) }),
    ...(makeLink && { makeLink: again(makeLink) }),
    ...(dress && { dress: again(dress) }),
    ...(sync && { sync: again(sync) }),
    ...(parts && { parts: patientParts(parts, again) }),
  };
}

type Again = <A extends unknown[], T>(
  act: (...args: [...A, AbortSignal]) => Promise<T>,
) => (...args: [...A, AbortSignal]) => Promise<T>;

function patientParts({ begin, put, finish, drop }: Parts, again: Again): Parts {
  return { begin: again(begin), put: again(put), finish: again(finish), drop: again(drop) };
}

function patient<A extends unknown[], T>(
  act: (...args: [...A, AbortSignal]) => Promise<T>,
  how: RetryHow,
): (...args: [...A, AbortSignal]) => Promise<T> {
  return async (...args) => {
    const signal = args.at(-1) as AbortSignal;
    const patience = new Patience(how, signal);
    for (;;) {
      try {
        return await act(...args);
      } catch (error) {
        await patience.wait(error);
      }
    }
  };
}

/** Reads on where it broke off: the bytes are those of one state of the file, or the body says 'changed'. */
function patientBody(body: Body, how: RetryHow): Body {
  const { data } = body;
  return {
    ...body,
    open: (range, signal) => bytes(body, range, how, signal),
    ...(data && { data: (signal: AbortSignal) => ranges(() => data(signal), how, signal) }),
  };
}

async function* bytes(body: Body, range: Range, how: RetryHow, signal: AbortSignal) {
  const end = range.offset + range.length;
  const patience = new Patience(how, signal);
  for (let at = range.offset; ; ) {
    try {
      for await (const chunk of body.open({ offset: at, length: end - at }, signal)) {
        at += chunk.length;
        patience.renew();
        yield chunk;
      }
      return;
    } catch (error) {
      await patience.wait(error);
    }
  }
}

async function* ranges(open: () => AsyncIterable<Range>, how: RetryHow, signal: AbortSignal) {
  const patience = new Patience(how, signal);
  for (let told = -1; ; ) {
    try {
      for await (const range of open()) {
        if (range.offset <= told) continue;
        told = range.offset;
        yield range;
      }
      return;
    } catch (error) {
      await patience.wait(error);
    }
  }
}

/** More names than these are not remembered, so a longer listing that broke is not begun again. */
const mostNames = 100_000;

/** Begun again, it leaves out what it gave before it broke. */
async function* listed(open: () => AsyncIterable<Listed>, how: RetryHow, signal: AbortSignal) {
  const patience = new Patience(how, signal);
  const given = new Set<string>();
  for (;;) {
    try {
      for await (const entry of open()) {
        const key = Buffer.from(entry.path).toString('latin1');
        if (given.has(key)) continue;
        if (given.size <= mostNames) given.add(key);
        yield entry;
      }
      return;
    } catch (error) {
      if (given.size > mostNames) throw error;
      await patience.wait(error);
    }
  }
}

/** Errors that somebody further in has lost patience with. */
const hopeless = new WeakSet<object>();

class Patience {
  readonly #how: RetryHow;
  readonly #signal: AbortSignal;
  #tries = 0;

  constructor(how: RetryHow, signal: AbortSignal) {
    this.#how = how;
    this.#signal = signal;
  }

  /** It went on: what fails next has all tries again. */
  renew(): void {
    this.#tries = 0;
  }

  /** Resolves when it is time for another try; throws the error where there is none, or why the run stops. */
  async wait(error: unknown): Promise<void> {
    this.#signal.throwIfAborted();
    if (!isKind(error, 'transient') || hopeless.has(error)) throw error;
    const { tries, waitMs, mostWaitMs } = this.#how;
    if (this.#tries >= tries) {
      hopeless.add(error);
      throw error;
    }
    const longMs = Math.min(mostWaitMs, waitMs * 2 ** this.#tries++);
    await sleep(longMs * (0.5 + Math.random() / 2), undefined, { signal: this.#signal }).catch(
      () => undefined,
    );
    this.#signal.throwIfAborted();
  }
}
