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
import { isKind, TransferError } from '../errors.ts';
import { type Patient, retry } from '../work/retry.ts';
import type { Session } from './asking.ts';
import type { Connection } from './connect.ts';
import { type Link, Links } from './pool-links.ts';

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
  const links = new Links();
  const patiently: Patient = { ...patience, waits: (error) => links.size === 0 && waits?.(error) };

  function grow(isHeavy: boolean, signal: AbortSignal): Promise<Link | undefined> {
    return links.opening(false, async () => {
      try {
        return links.take(links.add(await retry(() => connect(signal), patiently, signal)), isHeavy);
      } catch (error) {
        signal.throwIfAborted();
        if (links.size === 0) throw error;
        links.growFromMs = isKind(error, 'transient') ? performance.now() + restMs : Number.POSITIVE_INFINITY;
        return undefined;
      }
    });
  }

  async function lease({ isHeavy, isSpare }: ChannelHow, signal: AbortSignal): Promise<Link> {
    for (;;) {
      signal.throwIfAborted();
      if (isSpare && !links.spares) throw noneToSpare(first.name);
      const best = links.least(isHeavy);
      if (best && (!isHeavy || best.heavy === 0)) return links.take(best, isHeavy);
      if (links.hasUnclaimed) await links.claim(signal);
      else if (links.hasRoom(best && mostAlone)) {
        const link = await grow(isHeavy, signal);
        if (link) return link;
      } else if (best && !(links.mayGrow && links.isOpening)) return links.take(best, isHeavy);
      else await links.changed(signal);
    }
  }

  async function channel(start: Start, how: ChannelHow, signal: AbortSignal): Promise<Leased> {
    const { isHeavy } = how;
    const either = AbortSignal.any([signal, closed.signal]);
    for (let refusals = 0; ; ) {
      const link = await lease(how, either);
      try {
        const opened = await start(link.connection, either);
        opened.channel.once('close', () => links.release(link, isHeavy));
        return { ...opened, connection: link.connection };
      } catch (error) {
        links.release(link, isHeavy);
        if (!isRefusal(error)) throw error;
        link.most = Math.max(1, link.channels);
        if (link.channels === 0 && ++refusals > mostRefusals) throw refused(link.connection.name, error);
        if (link.channels === 0) await pause(50 * 2 ** refusals, either);
      }
    }
  }

  function expect(connection: Promise<Connection>): Promise<void> {
    return links.opening(true, async () => {
      try {
        const made = await connection;
        if (closed.signal.aborted) await made[Symbol.asyncDispose]();
        else links.add(made);
      } catch {
        return; // who wants one tries again
      }
    });
  }

  async function widen(connections: number): Promise<void> {
    if (performance.now() < links.growFromMs) return;
    const made: Promise<void>[] = [];
    while (links.coming < Math.min(connections, mostAlone))
      made.push(expect(retry(() => connect(closed.signal), patience, closed.signal)));
    await Promise.all(made);
  }

  links.add(first);
  return {
    channel,
    expect: (connection) => void expect(connection),
    widen,
    [Symbol.asyncDispose]: async () => {
      closed.abort(new TransferError('stopped', `the connections to ${first.name} were closed`));
      await links.closeAll();
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
