/** Stands between the program and an S3 server, and does to single requests what networks and services do. */
import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export type Asked = {
  readonly method: string;
  readonly url: string;
  readonly bytes: number;
  readonly headers: http.IncomingHttpHeaders;
  /** all of its body came */
  isWhole: boolean;
};

export type Trick =
  /** the service says so, and does nothing */
  | { readonly says: number; readonly code: string; readonly wait?: number; readonly message?: string }
  /** it says so with a 200, and does nothing */
  | { readonly admits: string }
  /** the connection is reset when this part of the body has come, of which nothing is passed on */
  | { readonly resetsAt: number }
  /** the connection breaks before the request is passed on, or when it was done and before the answer */
  | 'breaks'
  | 'loses the answer'
  /** it is done, and nothing is heard of it */
  | 'keeps the answer'
  /** one bit of the body is another one: of the request, or of the answer */
  | 'flips what is sent'
  | 'flips what comes'
  /** half of the answer is all there is */
  | 'shortens what comes'
  /** the connection breaks in the middle of the answer */
  | 'cuts what comes'
  /** it says that it encrypts as it was asked to */
  | 'claims to encrypt';

export type Meddler = AsyncDisposable & {
  readonly endpoint: string;
  /** all that was asked so far */
  readonly asked: readonly Asked[];
  /** how many of them were under way when each of them came */
  readonly atOnce: readonly number[];
  /** each of them takes so long at least */
  waitMs: number;
  /** Is asked for each request; undefined lets it pass. */
  trick: (asked: Asked) => Trick | undefined;
};

export async function startProxy(port: number): Promise<Meddler> {
  const asked: Asked[] = [];
  const atOnce: number[] = [];
  let underWay = 0;
  const server = http.createServer((request, response) => {
    atOnce.push(++underWay);
    response.once('close', () => underWay--);
    void serve(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const agent = new http.Agent({ keepAlive: true });
  const proxy: Meddler = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    atOnce,
    waitMs: 0,
    trick: () => undefined,
    async [Symbol.asyncDispose]() {
      agent.destroy();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return proxy;

  async function serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { method, url, headers } = request;
    const one = {
      method: method!,
      url: url!,
      bytes: Number(headers['content-length'] ?? 0),
      headers,
      isWhole: false,
    };
    asked.push(one);
    const trick = proxy.trick(one);
    if (isReset(trick)) return reset(request, one.bytes * trick.resetsAt);
    const sent = Buffer.concat(await request.toArray());
    one.isWhole = true;
    if (proxy.waitMs > 0) await wait(proxy.waitMs);
    if (trick === 'breaks') return void request.socket.destroy();
    if (typeof trick === 'object') return say(response, trick);
    if (trick === 'flips what is sent') sent[sent.length >> 1]! ^= 4;
    const answer = await forward(request, sent);
    const body = Buffer.concat(await answer.toArray());
    if (trick === 'keeps the answer') return;
    if (trick === 'loses the answer') return void request.socket.destroy();
    if (trick === 'flips what comes') body[body.length >> 1]! ^= 4;
    const sealed = trick === 'claims to encrypt' ? sealsOf(request.headers) : {};
    if (trick === 'shortens what comes') return shorten(response, answer, body);
    response.writeHead(answer.statusCode!, { ...answer.headers, ...sealed });
    if (trick !== 'cuts what comes') return void response.end(body);
    response.write(body.subarray(0, body.length >> 1), () => request.socket.destroy());
  }

  async function forward(request: http.IncomingMessage, sent: Buffer): Promise<http.IncomingMessage> {
    const { method, url: path, headers } = request;
    const passed = http.request({ host: '127.0.0.1', port, agent, method, path, headers });
    passed.end(sent);
    const [answer] = (await once(passed, 'response')) as [http.IncomingMessage];
    return answer;
  }
}

function shorten(
  response: http.ServerResponse,
  { statusCode, headers }: http.IncomingMessage,
  body: Buffer,
): void {
  const half = body.subarray(0, body.length >> 1);
  response.writeHead(statusCode!, { ...headers, 'content-length': half.length }).end(half);
}

function sealsOf(headers: http.IncomingHttpHeaders): http.IncomingHttpHeaders {
  const names = ['', '-customer-algorithm'].map((end) => `x-amz-server-side-encryption${end}`);
  return Object.fromEntries(names.filter((name) => headers[name]).map((name) => [name, headers[name]]));
}

type Reset = { readonly resetsAt: number };
type Says = Exclude<Extract<Trick, object>, Reset>;

function isReset(trick: Trick | undefined): trick is Reset {
  return typeof trick === 'object' && 'resetsAt' in trick;
}

async function reset(request: http.IncomingMessage, afterBytes: number): Promise<void> {
  let bytes = 0;
  if (afterBytes > 0)
    for await (const chunk of request) {
      bytes += (chunk as Buffer).length;
      if (bytes >= afterBytes) break;
    }
  request.socket.resetAndDestroy();
}

function say(response: http.ServerResponse, trick: Says): void {
  const code = 'says' in trick ? trick.code : trick.admits;
  const message = ('says' in trick && trick.message) || 'so it is';
  const wait = 'says' in trick && trick.wait !== undefined ? { 'retry-after': String(trick.wait) } : {};
  response.writeHead('says' in trick ? trick.says : 200, { 'content-type': 'application/xml', ...wait });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`);
}

/** An upload of a large object begins. */
export function isBegin({ method, url }: Asked): boolean {
  return method === 'POST' && url.endsWith('?uploads=');
}

/** A part of one comes. */
export function isPart({ method, url }: Asked): boolean {
  return method === 'PUT' && url.includes('partNumber=');
}
