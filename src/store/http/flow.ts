/**
 * The bytes of files. They come over connections of their own, which put them where they stay: Node's client hands each
 * piece on several times, which costs as much as all that is done with it afterwards.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { createWire, type Wire as Straight } from '../../work/http/wire.ts';
import { systemTrust } from '../../work/system-trust.ts';
import type { Answer, Ask } from './wire.ts';

export type Flow = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** who answered in the end */
  readonly url: URL;
  /** To be read, to the end or as far as it is wanted; or else to be left. */
  readonly pieces: AsyncIterable<Uint8Array>;
  /** Nobody wants the rest. It may be being read: that ends, or fails. */
  readonly leave: () => void;
};

export type Flows = Disposable &
  ((ask: Ask, headers: Record<string, string>, signal: AbortSignal) => Promise<Flow>);

const most = 32;

/** Straight to the server: not for who has to go through a proxy. */
export function createFlows(): Flows {
  const made = new Map<string, Straight>();
  const wireTo = ({ protocol }: URL): Straight => {
    const isSecure = protocol === 'https:';
    const wire = made.get(protocol) ?? (isSecure ? createWire(most, systemTrust()) : createWire(most));
    made.set(protocol, wire);
    return wire;
  };
  const flow = async (ask: Ask, headers: Record<string, string>, signal: AbortSignal): Promise<Flow> => {
    const answer = await wireTo(ask.url)(requestOf(ask, headers), signal);
    return { ...answer, url: ask.url, pieces: answer.body };
  };
  return Object.assign(flow, {
    [Symbol.dispose]() {
      for (const wire of made.values()) wire[Symbol.dispose]();
    },
  });
}

function requestOf({ method, url }: Ask, headers: Record<string, string>) {
  const isSecure = url.protocol === 'https:';
  return {
    method,
    isSecure,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (isSecure ? 443 : 80)),
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host, ...headers },
    body: undefined,
  };
}

/** Of an answer that Node's client has. */
export function flowOf({ status, headers, url, message }: Answer): Flow {
  const leave = () => {
    message.on('error', () => undefined); // nobody wants that either
    message.destroy();
  };
  return { status, headers, url, pieces: message as AsyncIterable<Buffer>, leave };
}
