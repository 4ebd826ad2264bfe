/**
 * A store that tries again what may pass. Only errors of the kind 'transient' are worth it; the last one is thrown when all tries are used up, and is not tried again by a wrapper further out.
 */
import { TransferError } from '../errors.ts';
import { Patience, type Patient } from '../work/retry.ts';
import type { Body, Range } from './body.ts';
import type { Listed } from './entry.ts';
import type { Parts, Store } from './store.ts';

export type RetryHow = Omit<Patient, 'withinMs'>;

/**
 * The same store, with patience. A call whose answer was lost may have been done: `write` and all that makes a name
 * then answer 'conflict' though what they made is there, `remove` false, `finish` 'missing'.
 */
export function retrying(store: Store, how: RetryHow): Store {
  const { list, stat, read, write, remove } = store;
  const {
    take,
    canonical,
    makeDirectory,
    makeSymlink,
    readLink,
    makeSpecial,
    makeLink,
    withManifest,
    seal,
    attributesOf,
    giveAttributes,
    dress,
    sync,
    parts,
    digest,
    linkOf,
  } = store;
  const patiently = <A extends unknown[], T>(act: (...args: [...A, AbortSignal]) => Promise<T>) =>
    patient(act, how);
  return {
    ...store,
    list: (dir, signal) => listed(() => list(dir, signal), how, signal),
    stat: patiently(stat),
    read: (file) => patientBody(read(file), how),
    write: patiently(write),
    remove: patiently(remove),
    ...(take && { take: patiently(take) }),
    ...(canonical && { canonical: patiently(canonical) }),
    ...(makeDirectory && { makeDirectory: patiently(makeDirectory) }),
    ...(makeSymlink && { makeSymlink: patiently(makeSymlink) }),
    ...(makeSpecial && { makeSpecial: patiently(makeSpecial) }),
    ...(withManifest && { withManifest: patiently(withManifest) }),
    ...(attributesOf && { attributesOf: patiently(attributesOf) }),
    ...(giveAttributes && { giveAttributes: patiently(giveAttributes) }),
    ...(seal && { seal: patiently(seal) }),
    ...(readLink && { readLink: patiently(readLink) }),
    ...(makeLink && { makeLink: patiently(makeLink) }),
    ...(dress && { dress: patiently(dress) }),
    ...(sync && { sync: patiently(sync) }),
    ...(linkOf && { linkOf: patiently(linkOf) }),
    ...(digest && { digest: patiently(digest) }),
    ...(parts && { parts: patientParts(parts, patiently) }),
  };
}

type Again = <A extends unknown[], T>(
  act: (...args: [...A, AbortSignal]) => Promise<T>,
) => (...args: [...A, AbortSignal]) => Promise<T>;

function patientParts(parts: Parts, patiently: Again): Parts {
  const { begin, held, put, finish, drop } = parts;
  return {
    ...parts,
    begin: patiently(begin),
    ...(held && { held: patiently(held) }),
    put: patiently(put),
    finish: patiently(finish),
    drop: patiently(drop),
  };
}

function patient<A extends unknown[], T>(
  act: (...args: [...A, AbortSignal]) => Promise<T>,
  how: RetryHow,
): (...args: [...A, AbortSignal]) => Promise<T> {
  return async (...args) => {
    const signal = args.at(-1) as AbortSignal;
    for (let patience: Patience | undefined; ; ) {
      try {
        return await act(...args);
      } catch (error) {
        patience ??= patienceOf(how, signal); // it has no end in time
        await again(patience, error);
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
  const patience = patienceOf(how, signal);
  for (let at = range.offset; ; ) {
    try {
      for await (const chunk of body.open({ offset: at, length: end - at }, signal)) {
        at += chunk.length;
        patience.renew();
        yield chunk;
      }
      return;
    } catch (error) {
      await again(patience, error);
    }
  }
}

async function* ranges(open: () => AsyncIterable<Range>, how: RetryHow, signal: AbortSignal) {
  const patience = patienceOf(how, signal);
  for (let told = -1; ; ) {
    try {
      for await (const range of open()) {
        if (range.offset <= told) continue;
        told = range.offset;
        yield range;
      }
      return;
    } catch (error) {
      await again(patience, error);
    }
  }
}

/** More names than these are not remembered, so a longer listing that broke is not begun again. */
const mostNames = 100_000;

/** Begun again, it leaves out what it gave before it broke. */
async function* listed(open: () => AsyncIterable<Listed>, how: RetryHow, signal: AbortSignal) {
  const patience = patienceOf(how, signal);
  const given: Uint8Array[] = [];
  for (let before = new Set<string>(); ; before = new Set(given.map(keyOf))) {
    try {
      for await (const entry of open()) {
        if (before.size > 0 && before.has(keyOf(entry.path))) continue;
        if (given.length <= mostNames) given.push(entry.path);
        patience.renew();
        yield entry;
      }
      return;
    } catch (error) {
      if (given.length > mostNames) throw error;
      await again(patience, error);
    }
  }
}

function keyOf(path: Uint8Array): string {
  return Buffer.from(path).toString('latin1');
}

function patienceOf(how: RetryHow, signal: AbortSignal): Patience {
  return new Patience({ ...how, withinMs: Number.POSITIVE_INFINITY }, signal);
}

/** Errors that somebody further in has lost patience with. */
const hopeless = new WeakSet<object>();

/** Waits for another try, unless it is hopeless: then throws the error. */
async function again(patience: Patience, error: unknown): Promise<void> {
  if (error instanceof TransferError && hopeless.has(error)) throw error;
  try {
    await patience.wait(error);
  } catch (reason) {
    if (reason === error && error instanceof TransferError) hopeless.add(error);
    throw reason;
  }
}
