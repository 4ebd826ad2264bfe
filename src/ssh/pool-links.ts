/** The connections of a pool, those that are being made, and how many channels each of them carries. */
import { orAborted } from '../work/abort.ts';
import { Change } from '../work/change.ts';
import type { Connection } from './connect.ts';

const mostConnections = 16;
const mostOpening = 8;
const mostChannels = 8; // a connection; sshd's own limit is 10
const leastLeft = 8; // channels that are for others than spare ones: two for each of some batches from a host to itself

export type Link = { readonly connection: Connection; channels: number; heavy: number; most: number };

export class Links {
  /** the host would not have another connection before; on the clock of `performance` */
  growFromMs = 0;
  readonly #links = new Set<Link>();
  #opening = 0;
  #expected = 0; // of those, made for whoever comes
  #claimed = 0; // of those, waited for
  readonly #changed = new Change();

  get size(): number {
    return this.#links.size;
  }

  /** With those that are being made. */
  get coming(): number {
    return this.#links.size + this.#opening;
  }

  get isOpening(): boolean {
    return this.#opening > 0;
  }

  /** Whether the host lets us make another one, as far as is known. */
  get mayGrow(): boolean {
    return this.#links.size === 0 || performance.now() >= this.growFromMs;
  }

  /** Whether another one may be made now, where so many are enough for who moves much. */
  hasRoom(most = mostConnections): boolean {
    return this.mayGrow && this.#opening < mostOpening && this.coming < most;
  }

  /** Kept until it is gone. */
  add(connection: Connection): Link {
    const link = { connection, channels: 0, heavy: 0, most: mostChannels };
    this.#links.add(link);
    connection.gone.addEventListener('abort', () => {
      this.#links.delete(link);
      this.#changed.tell();
    });
    if (connection.gone.aborted) this.#links.delete(link);
    else connection.prepare();
    return link;
  }

  /** Counts what is being made until it is there, or not. `isExpected`: for whoever comes. */
  async opening<T>(isExpected: boolean, make: () => Promise<T>): Promise<T> {
    const expected = isExpected ? 1 : 0;
    this.#opening += 1;
    this.#expected += expected;
    try {
      return await make();
    } finally {
      this.#opening -= 1;
      this.#expected -= expected;
      this.#changed.tell();
    }
  }

  /** For what is soon over, one that needs not be asked for a session first comes before others. */
  least(isHeavy: boolean): Link | undefined {
    const free = [...this.#links].filter(({ channels, most }) => channels < most);
    const waits = ({ connection }: Link) => (isHeavy || connection.isReady() ? 0 : 1);
    return free.toSorted((a, b) => a.heavy - b.heavy || waits(a) - waits(b) || a.channels - b.channels)[0];
  }

  take(link: Link, isHeavy: boolean): Link {
    link.channels += 1;
    link.heavy += isHeavy ? 1 : 0;
    return link;
  }

  release(link: Link, isHeavy: boolean): void {
    link.channels -= 1;
    link.heavy -= isHeavy ? 1 : 0;
    this.#changed.tell();
  }

  /** Nobody waits yet for one that is made for whoever comes. */
  get hasUnclaimed(): boolean {
    return this.#expected > this.#claimed;
  }

  /** Waits for such a one. */
  async claim(signal: AbortSignal): Promise<void> {
    this.#claimed += 1;
    await this.changed(signal).finally(() => {
      this.#claimed -= 1;
    });
  }

  /** Resolves when a channel is free, or a connection is there, gone, or not to be had. */
  changed(signal: AbortSignal): Promise<void> {
    return orAborted(this.#changed.next, signal);
  }

  /** Whether others can still have as many as they may need, as far as is known. */
  get spares(): boolean {
    const coming = Math.max(0, this.#expected - this.#claimed);
    const more = performance.now() >= this.growFromMs ? Math.max(0, mostConnections - this.coming) : 0;
    const all = [...this.#links].reduce((sum, { most }) => sum + most, coming + more);
    const used = [...this.#links].reduce((sum, { channels }) => sum + channels, 0);
    return this.#links.size === 0 || all - used > Math.min(leastLeft, all / 2);
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#links].map(({ connection }) => connection[Symbol.asyncDispose]()));
  }
}
