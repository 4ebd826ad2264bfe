/**
 * A store that tries again what may pass. Only errors of the kind 'transient' are worth it; the last one is thrown when
 * all tries are used up, and is not tried again by a wrapper further out.
 */
import { TransferError } from '../errors.ts';
import { pathKey } from '../work/posix/path.ts';
import { Patience, type Patient } from '../work/retry.ts';
import type { Body, Range } from './body.ts';
import type { Listed } from './entry.ts';
import type { Parts } from './parts.ts';
import type { Store } from './store.ts';

export type RetryHow = Omit<Patient, 'withinMs'>;

/**
 * The same store, with patience. A call whose answer was lost may have been done: `write` and all that makes a name
 * then answer 'conflict' though what they made is there, `remove` false, `finish` 'missing'.
 */
export function retrying(store: Store, how: RetryHow): Store {
  const { list, stat, read, write, remove, parts } = store;
  const patiently: Again = (act) => patient(act, how);
  return {
    ...store,
    list: (dir, signal) => listed(() => list(dir, signal), how, signal),
    stat: patiently(stat),
    read: (file) => patientBody(read(file), how),
    write: patiently(write),
    remove: patiently(remove),
    ...patientMembers(store, patiently),
    ...(parts && { parts: patientParts(parts, patiently) }),
  };
}

/** Members that end in a promise and take a signal last, as the types hold. */
type Asking = {
  [M in keyof Store]-?: NonNullable<Store[M]> extends (...args: [...never, AbortSignal]) => Promise<unknown>
    ? M
    : never;
}[keyof Store];

/** Those of them that only some stores have. */
const asking = [
  'take',
  'canonical',
  'makeDirectory',
  'makeSymlink',
  'readLink',
  'makeSpecial',
  'makeLink',
  'withManifest',
  'seal',
  'attributesOf',
  'giveAttributes',
  'dress',
  'sync',
  'digest',
  'linkOf',
  'finelyOf',
] as const satisfies readonly Asking[];

function patientMembers(store: Store, patiently: Again): Partial<Store> {
  const members = asking.flatMap((name) => {
    const act = store[name] as ((...args: [...unknown[], AbortSignal]) => Promise<unknown>) | undefined;
    return act ? [[name, patiently(act)] as const] : [];
  });
  return Object.fromEntries(members);
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
  for (let before = new Set<string>(); ; before = new Set(given.map(pathKey))) {
    try {
      for await (const entry of open()) {
        if (before.size > 0 && before.has(pathKey(entry.path))) continue;
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
