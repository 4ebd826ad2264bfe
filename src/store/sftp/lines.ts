/** The connections of one store: made when they are needed, made anew when they broke, several where that is told. */
import { orAborted } from '../../work/abort.ts';
import { openSftp, type Sftp } from './protocol/sftp.ts';
import type { OpenWire } from './protocol/wire.ts';

export type Lines = AsyncDisposable & {
  /** The one with the least to do. Throws what opening the first one throws. */
  readonly pick: (signal: AbortSignal) => Promise<Sftp>;
  /** One for work that fills it, until it is let go: nobody else's, as far as the host bears so many. */
  readonly lease: (signal: AbortSignal) => Promise<Leased>;
  /** Opens all that may be open, beside those that are. */
  readonly widen: () => void;
};

export type Leased = Disposable & { readonly sftp: Sftp };

/** Requests under way, which one line answers about as fast as two: they wait for the way and not for each other. */
const busyFrom = 12; // what is asked when a place is opened is less

/** `most` may be open at once; the others are opened while the first one works, and only as far as the host lets us. */
export function createLines(open: OpenWire, name: string, most: number): Lines {
  const lines = new Map<Sftp, { picked: number }>();
  const end = new AbortController();
  let opening: Promise<Sftp> | undefined;
  let limit = most;
  let closing: Promise<unknown> = Promise.resolve();

  let changed = Promise.withResolvers<void>();
  let claimed = 0; // of those that are being opened, by who waits for one
  const change = () => {
    claimed = 0; // each looks again
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const retire = (line: Sftp) => {
    lines.delete(line);
    leases.delete(line);
    closing = Promise.allSettled([closing, line.client[Symbol.asyncDispose]()]);
  };
  const load = (line: Sftp) => line.client.waiting() + (lines.get(line)?.picked ?? 0);
  const leastBusy = () => {
    const [first, ...others] = lines.keys();
    return others.reduce((least, line) => (load(line) < load(least) ? line : least), first!);
  };
  const hand = (line: Sftp) => {
    const known = lines.get(line);
    if (!known) return line; // it broke already, and says so
    known.picked++;
    setImmediate(() => known.picked--); // then it waits for what it asked
    return line;
  };
  const spare: OpenWire = (on) => open(on, { isSpare: lines.size > 0 });
  const add = async () => {
    const line = await openSftp(spare, name, end.signal);
    lines.set(line, { picked: 0 });
    return line;
  };
  const openOne = () => {
    opening ??= add().finally(() => {
      opening = undefined;
    });
    return opening;
  };
  const openFirst = () => {
    limit = most; // whatever kept us from more may be over
    return openOne();
  };
  const leases = new Map<Sftp, number>();
  const leased = (sftp: Sftp): Leased => {
    leases.set(sftp, (leases.get(sftp) ?? 0) + 1);
    return {
      sftp,
      [Symbol.dispose]: () => {
        if (leases.has(sftp)) leases.set(sftp, count(sftp) - 1);
        change();
      },
    };
  };
  const count = (line: Sftp) => leases.get(line) ?? 0;
  const leastLeased = () => {
    const [first, ...others] = lines.keys();
    return others.reduce((least, line) => (count(line) < count(least) ? line : least), first!);
  };
  let more = 0;
  const addMore = async () => {
    more++;
    try {
      await add();
    } catch {
      limit = Math.max(1, lines.size); // it bears no more
    } finally {
      more--;
      change();
    }
  };
  const widen = () => {
    if (lines.size === 0) return; // the first one tells whether there are any
    for (let left = limit - lines.size - more; left > 0; left--) void addMore();
  };
  const prune = () => {
    for (const line of lines.keys()) if (line.client.isBroken()) retire(line);
  };
  const grow = () => {
    if (lines.size >= limit || load(leastBusy()) < busyFrom) return;
    openOne().catch(() => {
      limit = Math.max(1, lines.size); // it bears no more
    });
  };
  return {
    async pick(signal) {
      signal.throwIfAborted();
      prune();
      if (lines.size === 0) return hand(await orAborted(openFirst(), signal));
      grow();
      return hand(leastBusy());
    },
    async lease(signal) {
      signal.throwIfAborted();
      for (;;) {
        prune();
        if (lines.size === 0) await orAborted(openFirst(), signal);
        const least = leastLeased();
        if (!least) continue; // it broke while it was waited for
        const isFull = lines.size + more >= limit;
        const comingHave = more === 0 ? Number.POSITIVE_INFINITY : Math.floor(claimed / more);
        if (count(least) === 0 || (isFull && count(least) <= comingHave)) return leased(least);
        if (claimed >= more && !isFull) void addMore();
        claimed++;
        await orAborted(changed.promise, signal);
      }
    },
    widen,
    async [Symbol.asyncDispose]() {
      end.abort();
      await opening?.catch(() => undefined); // who waited for it was told
      for (const line of lines.keys()) retire(line);
      await closing;
    },
  };
}
