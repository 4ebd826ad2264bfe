/** The connections of one store: made when they are needed, made anew when they broke, several where that is told. */
import { orAborted } from '../../work/abort.ts';
import { Change } from '../../work/change.ts';
import { openSftp, type Sftp } from './protocol/sftp.ts';
import type { OpenWire } from './protocol/wire.ts';

/** May be let go more than once. */
export type Leased = Disposable & { readonly sftp: Sftp };

/** Who is at a line: those that it was handed to and that asked nothing yet, and those that fill it. */
type Use = { picked: number; leases: number };

/** Requests under way, which one line answers about as fast as two: they wait for the way and not for each other. */
const busyFrom = 12; // what is asked when a place is opened is less

export class Lines implements AsyncDisposable {
  readonly #open: () => Promise<Sftp>;
  readonly #most: number;
  readonly #lines = new Map<Sftp, Use>();
  readonly #end = new AbortController();
  #limit: number;
  #opening: Promise<Sftp> | undefined;
  /** how many are being opened beside that */
  #more = 0;
  /** of those, by who waits for one */
  #claimed = 0;
  readonly #changed = new Change();
  #closing: Promise<unknown> = Promise.resolve();

  /** `most` may be open at once; the others are opened while the first one works, and only as far as the host lets us. */
  constructor(open: OpenWire, name: string, most: number) {
    const spare: OpenWire = (on) => open(on, { isSpare: this.#lines.size > 0 });
    this.#open = () => {
      const [like] = this.#lines.keys();
      return openSftp(spare, name, like, this.#end.signal);
    };
    this.#most = most;
    this.#limit = most;
  }

  /** The one with the least to do. Throws what opening the first one throws. */
  async pick(signal: AbortSignal): Promise<Sftp> {
    signal.throwIfAborted();
    this.#prune();
    if (this.#lines.size === 0) return this.#hand(await orAborted(this.#openFirst(), signal));
    const least = this.#least(loadOf)!;
    if (loadOf(least, this.#lines.get(least)!) >= busyFrom) this.#grow();
    return this.#hand(least);
  }

  /** One for work that fills it, until it is let go: nobody else's, as far as the host bears so many. */
  async lease(signal: AbortSignal): Promise<Leased> {
    signal.throwIfAborted();
    for (;;) {
      this.#prune();
      if (this.#lines.size === 0) await orAborted(this.#openFirst(), signal);
      const least = this.#least(leasesOf);
      if (!least) continue; // it broke while it was waited for
      const use = this.#lines.get(least)!;
      const isFull = this.#lines.size + this.#more >= this.#limit;
      const comingHave = this.#more === 0 ? Number.POSITIVE_INFINITY : Math.floor(this.#claimed / this.#more);
      if (use.leases === 0 || (isFull && use.leases <= comingHave)) return this.#leased(least, use);
      if (this.#claimed >= this.#more && !isFull) void this.#addMore();
      this.#claimed++;
      await orAborted(this.#changed.next, signal);
    }
  }

  /** Opens all that may be open, beside those that are. */
  widen(): void {
    if (this.#lines.size === 0) return; // the first one tells whether there are any
    for (let left = this.#limit - this.#lines.size - this.#more; left > 0; left--) void this.#addMore();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#opening?.catch(() => undefined); // who waited for it was told
    for (const line of this.#lines.keys()) this.#retire(line);
    await this.#closing;
  }

  #least(of: (line: Sftp, use: Use) => number): Sftp | undefined {
    let least: Sftp | undefined;
    let leastOf = Number.POSITIVE_INFINITY;
    for (const [line, use] of this.#lines) {
      const now = of(line, use);
      if (now < leastOf) [least, leastOf] = [line, now];
    }
    return least;
  }

  #hand(line: Sftp): Sftp {
    const use = this.#lines.get(line);
    if (!use) return line; // it broke already, and says so
    use.picked++;
    setImmediate(() => use.picked--); // then it waits for what it asked
    return line;
  }

  #leased(sftp: Sftp, use: Use): Leased {
    use.leases++;
    let isOver = false;
    return {
      sftp,
      [Symbol.dispose]: () => {
        if (isOver) return;
        isOver = true;
        use.leases--;
        this.#change();
      },
    };
  }

  /** Who waits for one looks again. */
  #change(): void {
    this.#claimed = 0;
    this.#changed.tell();
  }

  async #add(): Promise<Sftp> {
    const line = await this.#open();
    this.#lines.set(line, { picked: 0, leases: 0 });
    return line;
  }

  #openOne(): Promise<Sftp> {
    this.#opening ??= this.#add().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  #openFirst(): Promise<Sftp> {
    this.#limit = this.#most; // whatever kept us from more may be over
    return this.#openOne();
  }

  #grow(): void {
    if (this.#lines.size < this.#limit) this.#openOne().catch(() => this.#bearsNoMore());
  }

  async #addMore(): Promise<void> {
    this.#more++;
    try {
      await this.#add();
    } catch {
      this.#bearsNoMore();
    } finally {
      this.#more--;
      this.#change();
    }
  }

  #bearsNoMore(): void {
    this.#limit = Math.max(1, this.#lines.size);
  }

  #prune(): void {
    for (const line of this.#lines.keys()) if (line.client.isBroken()) this.#retire(line);
  }

  #retire(line: Sftp): void {
    this.#lines.delete(line);
    this.#closing = Promise.allSettled([this.#closing, line.client[Symbol.asyncDispose]()]);
  }
}

function loadOf(line: Sftp, { picked }: Use): number {
  return line.client.waiting() + picked;
}

function leasesOf(_line: Sftp, { leases }: Use): number {
  return leases;
}
