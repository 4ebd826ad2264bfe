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

export class Pool implements AsyncDisposable {
  readonly #name: string;
  readonly #connect: (signal: AbortSignal) => Promise<Connection>;
  readonly #mostAlone: number;
  readonly #patience: Patient;
  readonly #links = new Links();
  readonly #closed = new AbortController();

  /** `connect` makes another connection like the first. */
  constructor(
    first: Connection,
    connect: (signal: AbortSignal) => Promise<Connection>,
    { mostAlone, waits }: PoolHow,
  ) {
    this.#name = first.name;
    this.#connect = connect;
    this.#mostAlone = mostAlone;
    this.#patience = { ...patience, waits: (error) => this.#links.size === 0 && waits?.(error) };
    this.#links.add(first);
  }

  /**
   * Throws 'transient' where the line fails, or there is none to spare, and what `start` throws where the host refuses for
   * another reason.
   */
  async channel(start: Start, how: ChannelHow, signal: AbortSignal): Promise<Leased> {
    const { isHeavy } = how;
    const links = this.#links;
    const either = AbortSignal.any([signal, this.#closed.signal]);
    for (let refusals = 0; ; ) {
      const link = await this.#lease(how, either);
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

  /** One that is being made; one that is not there in the end is not missed. */
  async expect(connection: Promise<Connection>): Promise<void> {
    await this.#links.opening(true, async () => {
      try {
        const made = await connection;
        if (this.#closed.signal.aborted) await made[Symbol.asyncDispose]();
        else this.#links.add(made);
      } catch {
        return; // who wants one tries again
      }
    });
  }

  /** Makes so many in all, as far as there are not, before anybody wants them. Kept when those are there, or will not be. */
  async widen(connections: number): Promise<void> {
    if (performance.now() < this.#links.growFromMs) return;
    const { signal } = this.#closed;
    const made: Promise<void>[] = [];
    while (this.#links.coming < Math.min(connections, this.#mostAlone))
      made.push(this.expect(retry(() => this.#connect(signal), patience, signal)));
    await Promise.all(made);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort(new TransferError('stopped', `the connections to ${this.#name} were closed`));
    await this.#links.closeAll();
  }

  async #lease({ isHeavy, isSpare }: ChannelHow, signal: AbortSignal): Promise<Link> {
    const links = this.#links;
    for (;;) {
      signal.throwIfAborted();
      if (isSpare && !links.spares) throw noneToSpare(this.#name);
      const best = links.least(isHeavy);
      if (best && (!isHeavy || best.heavy === 0)) return links.take(best, isHeavy);
      if (links.hasUnclaimed) await links.claim(signal);
      else if (links.hasRoom(best && this.#mostAlone)) {
        const link = await this.#grow(isHeavy, signal);
        if (link) return link;
      } else if (best && !(links.mayGrow && links.isOpening)) return links.take(best, isHeavy);
      else await links.changed(signal);
    }
  }

  #grow(isHeavy: boolean, signal: AbortSignal): Promise<Link | undefined> {
    const links = this.#links;
    return links.opening(false, async () => {
      try {
        const made = await retry(() => this.#connect(signal), this.#patience, signal);
        return links.take(links.add(made), isHeavy);
      } catch (error) {
        signal.throwIfAborted();
        if (links.size === 0) throw error;
        links.growFromMs = isKind(error, 'transient') ? performance.now() + restMs : Number.POSITIVE_INFINITY;
        return undefined;
      }
    });
  }
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
