/** One connection to a service, on which requests follow each other. */
import * as net from 'node:net';
import * as tls from 'node:tls';
import { Inbox } from './inbox.ts';
import type { To } from './proxies.ts';

/** A server that says nothing for so long is gone. */
const silenceMs = 60_000;

export class Connection {
  readonly #socket: net.Socket;
  readonly inbox = new Inbox(() => this.#socket.resume());
  #signal: AbortSignal | undefined;
  readonly #stop = () => this.#socket.destroy(new Error('stopped'));
  /** when its last request was answered; undefined: it is the first, or one is under way */
  idleSinceMs: number | undefined;
  isReused = false;

  /**
   * Connects while it is written to already: what goes wrong is told to whoever reads or writes. `over` is what a proxy
   * gave for it.
   */
  constructor(to: To, session: Session, ended: () => void, over?: net.Socket) {
    const { inbox } = this;
    const socket = over ? connectOver(over, to, session, inbox) : connect(to, session, inbox);
    this.#socket = socket;
    socket.setTimeout(silenceMs, () => this.#silent());
    socket.on('drain', () => inbox.wake());
    socket.on('end', () => inbox.over());
    socket.on('error', (error) => inbox.broke(error));
    socket.on('close', () => {
      this.#signal?.removeEventListener('abort', this.#stop);
      inbox.over();
      ended();
    });
  }

  /** It can take another request. */
  get isQuiet(): boolean {
    return !this.inbox.isOver && this.inbox.isEmpty && this.#socket.writableLength === 0;
  }

  /** It was given up by the other side before that said anything to this request. */
  get isStale(): boolean {
    const { isOver, hasHeard, error } = this.inbox;
    return this.isReused && isOver && !hasHeard && isHungUp(error);
  }

  /** An answer has begun to come, or none will. */
  get hasEnough(): boolean {
    return this.inbox.hasHeard || this.inbox.isOver;
  }

  /** Not where its reader has bytes left to take. */
  #silent(): void {
    if (this.inbox.isFull) return void this.#socket.setTimeout(silenceMs);
    this.#socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
  }

  /** For the next request. An abort ends the connection. */
  use(signal: AbortSignal): void {
    this.isReused = this.idleSinceMs !== undefined;
    this.idleSinceMs = undefined;
    this.inbox.hasHeard = false;
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
    if (this.inbox.isOver || this.#socket.write(bytes)) return;
    while (this.#socket.writableNeedDrain && !this.inbox.isOver) await this.inbox.change();
  }

  /** A head, after which nothing comes: the system takes it as it is, without memory of its own. */
  writeHead(head: string): void {
    if (!this.inbox.isOver) this.#socket.write(head, 'latin1');
  }

  /** What goes together leaves together. */
  writeBoth(head: Uint8Array, body: Uint8Array): void {
    this.#socket.cork();
    this.#socket.write(head);
    this.#socket.write(body);
    this.#socket.uncork();
  }
}

function isHungUp(error: NodeJS.ErrnoException | undefined): boolean {
  return error === undefined || error.code === 'ECONNRESET' || error.code === 'EPIPE';
}

/** Who vouches for a server, and what TLS remembers of it, so that the next connection costs a round trip less. */
export type Session = { readonly secureContext?: tls.SecureContext; last?: Buffer };

/** Its bytes go straight to the inbox: a stream between costs more than a small answer. */
function connect({ host, port, isSecure }: To, session: Session, inbox: Inbox): net.Socket {
  const onread = {
    buffer: () => inbox.space,
    callback: (bytes: number, space: Uint8Array) => inbox.heard(bytes, space),
  };
  const how = { host, port, noDelay: true, keepAlive: true, onread };
  return isSecure ? secured(how, session) : net.connect(how);
}

/** TLS over a socket gives its bytes only as a stream. */
function connectOver(over: net.Socket, { host, isSecure }: To, session: Session, inbox: Inbox): net.Socket {
  const socket = isSecure ? secured({ socket: over, host }, session) : over;
  socket.on('data', (bytes: Buffer) => {
    if (!heard(bytes, inbox)) socket.pause();
  });
  return socket;
}

function heard(bytes: Buffer, inbox: Inbox): boolean {
  for (let at = 0; at < bytes.length; ) {
    const { space } = inbox;
    const copied = bytes.copy(space, 0, at);
    inbox.heard(copied, space);
    at += copied;
  }
  return !inbox.isFull;
}

export function secured(
  how: tls.ConnectionOptions & { readonly host: string },
  session: Session,
): tls.TLSSocket {
  const named = net.isIP(how.host) === 0 ? { servername: how.host } : {};
  const { secureContext, last } = session;
  const known = { ...(secureContext && { secureContext }), ...(last && { session: last }) };
  const socket = tls.connect({ ...how, ...named, ...known, ALPNProtocols: ['http/1.1'] });
  socket.on('session', (last) => {
    session.last = last;
  });
  return socket;
}
