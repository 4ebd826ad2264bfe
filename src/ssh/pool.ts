/**
 * The connections to one host. Who moves much gets one that nobody else moves much on, a new one if there is none and
 * the host lets us, else the one with the fewest channels, or waits until one is free. All others share what is there,
 * because another connection takes half a dozen round trips.
 *
 * A connection is one TCP stream with one process at its other end, so channels that carry data want one each. New ones
 * are opened a few at a time, because sshd drops at random when many are not yet authenticated, and tried again when
 * that happens. A host that refuses a channel (MaxSessions) is asked for no more than it gave on that connection.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { TransferError } from '../errors.ts';
import { orAborted } from '../work/abort.ts';
import { type Patient, retry } from '../work/retry.ts';
import type { Session } from './asking.ts';
import type { Connection } from './connect.ts';

const mostConnections = 16;
const mostOpening = 8;
const mostChannels = 8; // a connection; sshd's own limit is 10
const leastLeft = 8; // channels that are for others than spare ones: two for each of some batches from a host to itself
const mostRefusals = 5; // in a row without a channel open: a session before may not be over yet
const restMs = 30_000; // before another connection is tried where one failed

/** Of a host that was reached before: it may be coming up again. */
const patience = { tries: 7, waitMs: 200, mostWaitMs: 20_000, withinMs: 20_000 };

export type Pool = AsyncDisposable & {
  /**
   * Throws 'transient' where the line fails, or there is none to spare, and what `start` throws where the host refuses for
   * another reason.
   */
  readonly channel: (start: Start, how: ChannelHow, signal: AbortSignal) => Promise<Leased>;
  /** One that is being made; one that is not there in the end is not missed. */
  readonly expect: (connection: Promise<Connection>) => void;
  /** Makes so many in all, as far as there are not, before anybody wants them. Kept when those are there, or will not be. */
  readonly widen: (connections: number) => Promise<void>;
};

export type ChannelHow = {
  /** it moves much */
  readonly isHeavy: boolean;
  /** Who wants it has another one, and keeps both: it waits for none, and leaves some to others. */
  readonly isSpare?: boolean;
};

export type Start = (connection: Connection, signal: AbortSignal) => Promise<Session>;

export type Leased = Session & { readonly connection: Connection };

type Link = { readonly connection: Connection; channels: number; heavy: number; most: number };

export type PoolHow = {
  /** beyond so many, who moves much shares: each more takes a process there and a place in the line's queue */
  readonly mostAlone: number;
  /** told of a host that has none left with us */
  readonly waits: Patient['waits'];
};

/** `connect` makes another connection like the first. */
export function createPool(
  first: Connection,
  connect: (signal: AbortSignal) => Promise<Connection>,
  { mostAlone, waits }: PoolHow,
): Pool {
  const closed = new AbortController();
  const links = new Set<Link>();
  let opening = 0;
  let expected = 0; // of those, made for whoever comes
  let claimed = 0; // of those, waited for
  let growFromMs = 0; // the host would not have another connection before
  let changed = Promise.withResolvers<void>();
  const change = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };

  const patiently: Patient = { ...patience, waits: (error) => links.size === 0 && waits?.(error) };

  function add(connection: Connection): Link {
    const link = { connection, channels: 0, heavy: 0, most: mostChannels };
    links.add(link);
    connection.gone.addEventListener('abort', () => {
      links.delete(link);
      change();
    });
    if (connection.gone.aborted) links.delete(link);
    else connection.prepare();
    return link;
  }

  async function grow(isHeavy: boolean, signal: AbortSignal): Promise<Link | undefined> {
    opening += 1;
    try {
      return taken(add(await retry(() => connect(signal), patiently, signal)), isHeavy);
    } catch (error) {
      signal.throwIfAborted();
      if (links.size === 0) throw error;
      const mayPass = error instanceof TransferError && error.kind === 'transient';
      growFromMs = mayPass ? performance.now() + restMs : Number.POSITIVE_INFINITY;
      return undefined;
    } finally {
      opening -= 1;
      change();
    }
  }

  /** For what is soon over, one that needs not be asked for a session first comes before others. */
  function least(isHeavy: boolean): Link | undefined {
    const free = [...links].filter(({ channels, most }) => channels < most);
    const waits = ({ connection }: Link) => (isHeavy || connection.isReady() ? 0 : 1);
    return free.toSorted((a, b) => a.heavy - b.heavy || waits(a) - waits(b) || a.channels - b.channels)[0];
  }

  function taken(link: Link, isHeavy: boolean): Link {
    link.channels += 1;
    link.heavy += isHeavy ? 1 : 0;
    return link;
  }

  async function claim(signal: AbortSignal): Promise<void> {
    claimed += 1;
    await orAborted(changed.promise, signal).finally(() => {
      claimed -= 1;
    });
  }

  /** Whether others can still have as many as they may need, as far as is known. */
  function spares(): boolean {
    const coming = Math.max(0, expected - claimed);
    const more = performance.now() >= growFromMs ? Math.max(0, mostConnections - links.size - opening) : 0;
    const all = [...links].reduce((sum, { most }) => sum + most, coming + more);
    const used = [...links].reduce((sum, { channels }) => sum + channels, 0);
    return links.size === 0 || all - used > Math.min(leastLeft, all / 2);
  }

  async function lease({ isHeavy, isSpare }: ChannelHow, signal: AbortSignal): Promise<Link> {
    for (;;) {
      signal.throwIfAborted();
      if (isSpare && !spares()) throw noneToSpare(first.name);
      const best = least(isHeavy);
      if (best && (!isHeavy || best.heavy === 0)) return taken(best, isHeavy);
      if (expected > claimed) {
        await claim(signal);
        continue;
      }
      const mayGrow = links.size === 0 || performance.now() >= growFromMs;
      const most = best ? mostAlone : mostConnections;
      if (mayGrow && opening < mostOpening && links.size + opening < most) {
        const link = await grow(isHeavy, signal);
        if (link) return link;
      } else if (best && !(mayGrow && opening > 0)) return taken(best, isHeavy);
      else await orAborted(changed.promise, signal);
    }
  }

  function release(link: Link, isHeavy: boolean): void {
    link.channels -= 1;
    link.heavy -= isHeavy ? 1 : 0;
    change();
  }

  async function channel(start: Start, how: ChannelHow, signal: AbortSignal): Promise<Leased> {
    const { isHeavy } = how;
    const either = AbortSignal.any([signal, closed.signal]);
    for (let refusals = 0; ; ) {
      const link = await lease(how, either);
      try {
        const opened = await start(link.connection, either);
        opened.channel.once('close', () => release(link, isHeavy));
        return { ...opened, connection: link.connection };
      } catch (error) {
        release(link, isHeavy);
        if (!isRefusal(error)) throw error;
        link.most = Math.max(1, link.channels);
        if (link.channels === 0 && ++refusals > mostRefusals) throw refused(link.connection.name, error);
        if (link.channels === 0) await pause(50 * 2 ** refusals, either);
      }
    }
  }

  async function expect(connection: Promise<Connection>): Promise<void> {
    opening += 1;
    expected += 1;
    try {
      const made = await connection;
      if (closed.signal.aborted) await made[Symbol.asyncDispose]();
      else add(made);
    } catch {
      return; // who wants one tries again
    } finally {
      opening -= 1;
      expected -= 1;
      change();
    }
  }

  async function widen(connections: number): Promise<void> {
    if (performance.now() < growFromMs) return;
    const made: Promise<void>[] = [];
    while (links.size + opening < Math.min(connections, mostAlone))
      made.push(expect(retry(() => connect(closed.signal), patience, closed.signal)));
    await Promise.all(made);
  }

  add(first);
  return {
    channel,
    expect: (connection) => void expect(connection),
    widen,
    [Symbol.asyncDispose]: async () => {
      closed.abort(new TransferError('stopped', `the connections to ${first.name} were closed`));
      await Promise.all([...links].map(({ connection }) => connection[Symbol.asyncDispose]()));
    },
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}

/** The library gives the reason of SSH_MSG_CHANNEL_OPEN_FAILURE. */
function isRefusal(error: unknown): error is Error {
  return error instanceof Error && 'reason' in error;
}

function noneToSpare(name: string): TransferError {
  return new TransferError('transient', `${name} lets nobody open so many sessions`, {
    hint: 'see MaxSessions in its sshd_config',
  });
}

function refused(name: string, cause: Error): TransferError {
  return new TransferError('unsupported', `${name} lets nobody open a session`, {
    cause,
    hint: 'see MaxSessions in its sshd_config',
  });
}
