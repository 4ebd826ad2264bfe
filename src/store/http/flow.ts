/**
 * The bytes of files. They come over connections of their own, which put them where they stay: Node's client hands each
 * piece on several times, which costs as much as all that is done with it afterwards.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { serverOf } from '../../work/http/proxies.ts';
import { type Wire as Bare, createWire } from '../../work/http/wire.ts';
import { systemTrust } from '../../work/system-trust.ts';
import type { WebAccess } from './access.ts';
import type { Ask } from './wire.ts';

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

export function createFlows({ proxies }: WebAccess): Flows {
  const made = new Map<string, Bare>();
  const wireTo = ({ protocol }: URL): Bare => {
    const authorities = protocol === 'https:' ? systemTrust() : undefined;
    const wire = made.get(protocol) ?? createWire(most, { authorities, proxies });
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
  return {
    method,
    ...serverOf(url),
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host, ...headers },
    body: undefined,
  };
}
