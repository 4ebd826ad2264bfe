/** Connections to proxies, and through them. */
import { once } from 'node:events';
import http from 'node:http';
import * as net from 'node:net';
import { systemTrust } from '../system-trust.ts';
import { secured } from './connection.ts';
import type { HttpProxy, To } from './proxies.ts';
import { noWay, ProxyFault, unreached } from './proxy-fault.ts';

const silenceMs = 60_000;

/**
 * What is written to the server: for TLS all the way to it, else to the proxy, which has to be told the whole address.
 * Throws a ProxyFault.
 */
export async function through(proxy: HttpProxy, to: To, signal: AbortSignal): Promise<net.Socket> {
  const socket = await reach(proxy, signal);
  return to.isSecure ? tunnel(socket, proxy, to, signal) : socket;
}

async function reach(proxy: HttpProxy, signal: AbortSignal): Promise<net.Socket> {
  const { host, port, isSecure } = proxy;
  const how = { host, port, noDelay: true, keepAlive: true };
  const socket = isSecure ? secured(how, { secureContext: systemTrust() }) : net.connect(how);
  const giveUp = () => socket.destroy(silence());
  socket.setTimeout(silenceMs, giveUp);
  try {
    await once(socket, isSecure ? 'secureConnect' : 'connect', { signal });
    return socket.setTimeout(0, giveUp);
  } catch (error) {
    socket.destroy();
    signal.throwIfAborted();
    throw unreached(proxy, error);
  }
}

async function tunnel(over: net.Socket, proxy: HttpProxy, to: To, signal: AbortSignal): Promise<net.Socket> {
  const server = `${net.isIPv6(to.host) ? `[${to.host}]` : to.host}:${to.port}`;
  const request = http.request({
    createConnection: () => over,
    method: 'CONNECT',
    path: server,
    headers: { host: server, connection: 'keep-alive', ...proofTo(proxy) },
    timeout: silenceMs,
    signal,
  });
  request.once('timeout', () => request.destroy(silence()));
  try {
    const answering = once(request, 'connect') as Promise<[http.IncomingMessage]>;
    request.end();
    const [{ statusCode }] = await answering;
    if (Math.floor(statusCode! / 100) === 2) return over.setTimeout(0);
    throw noWay(proxy, server, statusCode!);
  } catch (error) {
    over.destroy();
    signal.throwIfAborted();
    throw error instanceof ProxyFault ? error : unreached(proxy, error);
  }
}

export function proofTo({ authorization }: HttpProxy): Record<string, string> {
  return authorization === undefined ? {} : { 'proxy-authorization': authorization };
}

function silence(): Error {
  return Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' });
}
