/** One connection to a service, on which requests follow each other. */
import * as net from 'node:net';
import * as tls from 'node:tls';

export type To = { readonly host: string; readonly port: number; readonly isSecure: boolean };

/** A server that says nothing for so long is gone. */
const silenceMs = 60_000;
const mostHeld = 512 * 1024; // bytes that came and that nobody has read yet

const nothing = Buffer.alloc(0);

export class Connection {
  readonly #socket: net.Socket;
  #chunks: Buffer[] = [];
  #held = 0;
  #error: Error | undefined;
  #isOver = false;
  #hasHeard = false;
  #signal: AbortSignal | undefined;
  #changed: (() => void) | undefined;
  readonly #stop = () => this.#socket.destroy(new Error('stopped'));
  /** when its last request was answered; undefined: it is the first, or one is under way */
  idleSinceMs: number | undefined;
  isReused = false;

  /** Connects while it is written to already: what goes wrong is told to whoever reads or writes. */
  constructor(to: To, session: Session, ended: () => void) {
    const socket = connect(to, session);
    this.#socket = socket;
    socket.setTimeout(silenceMs, () => socket.destroy(new Error('no answer')));
    // Listeners, because an iterator wants two promises for each chunk, which is most of what a small answer costs.
    socket.on('data', (chunk: Buffer) => this.#heard(chunk));
    socket.on('drain', () => this.#wake());
    socket.on('end', () => this.#over());
    socket.on('error', (error) => {
      this.#error ??= error;
    });
    socket.on('close', () => {
      this.#signal?.removeEventListener('abort', this.#stop);
      this.#over();
      ended();
    });
  }

  /** It can take another request. */
  get isQuiet(): boolean {
    return !this.#isOver && this.#held === 0 && this.#socket.writableLength === 0;
  }

  /** It was given up by the other side before that said anything to this request. */
  get isStale(): boolean {
    return this.isReused && this.#isOver && !this.#hasHeard && isHungUp(this.#error);
  }

  /** An answer has begun to come, or none will. */
  get hasEnough(): boolean {
    return this.#hasHeard || this.#isOver;
  }

  /** For the next request. An abort ends the connection. */
  use(signal: AbortSignal): void {
    this.isReused = this.idleSinceMs !== undefined;
    this.idleSinceMs = undefined;
    this.#hasHeard = false;
    this.#socket.ref();
    if (signal === this.#signal) return; // most of them have the same one
    this.#signal?.removeEventListener('abort', this.#stop);
    this.#signal = signal;
    signal.addEventListener('abort', this.#stop, { once: true });
  }

  /** Waits for nobody until it is used again. */
  rest(): void {
    this.idleSinceMs = performance.now();
    this.#socket.unref();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Resolves when there is room for more, or nobody reads it any more. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#isOver || this.#socket.write(bytes)) return;
    while (this.#socket.writableNeedDrain && !this.#isOver) await this.#change();
  }

  /** What goes together leaves together. */
  writeBoth(head: Uint8Array, body: Uint8Array): void {
    this.#socket.cork();
    this.#socket.write(head);
    this.#socket.write(body);
    this.#socket.uncork();
  }

  /** Undefined at the end. Throws what broke. */
  async next(): Promise<Buffer | undefined> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk) return this.#given(chunk);
      if (this.#error) throw this.#error;
      if (this.#isOver) return undefined;
      await this.#change();
    }
  }

  /** So many bytes, where they came with what was read before. */
  atOnce(bytes: number): Buffer | undefined {
    if (bytes === 0) return nothing;
    const chunk = this.#chunks[0];
    if (!chunk || chunk.length < bytes) return undefined;
    this.#chunks.shift();
    this.#given(chunk);
    this.putBack(chunk.subarray(bytes));
    return chunk.subarray(0, bytes);
  }

  /** What belongs to what follows. */
  putBack(rest: Buffer): void {
    if (rest.length === 0) return;
    this.#held += rest.length;
    this.#chunks.unshift(rest);
  }

  #given(chunk: Buffer): Buffer {
    this.#held -= chunk.length;
    if (this.#held < mostHeld && this.#socket.isPaused()) this.#socket.resume();
    return chunk;
  }

  #heard(chunk: Buffer): void {
    this.#hasHeard = true;
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    if (this.#held >= mostHeld) this.#socket.pause();
    this.#wake();
  }

  #over(): void {
    this.#isOver = true;
    this.#wake();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#changed = resolve;
    });
  }

  #wake(): void {
    this.#changed?.();
    this.#changed = undefined;
  }
}

function isHungUp(error: NodeJS.ErrnoException | undefined): boolean {
  return error === undefined || error.code === 'ECONNRESET' || error.code === 'EPIPE';
}

/** What TLS remembers of a server, so that the next connection costs a round trip less. */
export type Session = { last?: Buffer };

function connect({ host, port, isSecure }: To, session: Session): net.Socket {
  const how = { host, port, noDelay: true, keepAlive: true };
  if (!isSecure) return net.connect(how);
  const named = net.isIP(host) === 0 ? { servername: host } : {};
  const known = session.last ? { session: session.last } : {};
  const socket = tls.connect({ ...how, ...named, ...known, ALPNProtocols: ['http/1.1'] });
  socket.on('session', (last) => {
    session.last = last;
  });
  return socket;
}
