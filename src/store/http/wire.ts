/** Requests and their answers: over kept connections, redirected where the server says so, never left without an end. */
import { once } from 'node:events';
import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { orAborted } from '../../work/abort.ts';
import { serverOf } from '../../work/http/proxies.ts';
import { unknownThere } from '../../work/http/proxy-fault.ts';
import { proofTo } from '../../work/http/through.ts';
import type { WebAccess } from './access.ts';
import { createAgents, type Purpose } from './agents.ts';
import { breakage, type Doing } from './fault.ts';
import { createFlows, type Flow } from './flow.ts';
import { isSlashed, whereTo } from './redirect.ts';

export type Ask = {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'DELETE' | 'MKCOL' | 'PROPFIND';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** for people */
  readonly what: string;
  readonly doing: Doing;
  readonly purpose: Purpose;
  /** somebody sent us here, and on the way from a name to the same one with a slash */
  readonly isDirectory?: boolean;
};

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** who answered in the end */
  readonly url: URL;
  /** as servers show that a name is of a directory: by sending us to the same one with a slash */
  readonly isDirectory: boolean;
  readonly message: IncomingMessage;
  /** nothing follows its headers */
  readonly isBare: boolean;
};

export type Wire = Disposable & {
  /** The first of an answer, from wherever we were sent; its bytes are to be read or to be dropped. */
  readonly ask: (ask: Ask, signal: AbortSignal) => Promise<Answer>;
  /** The same of a file whose bytes are to be read. */
  readonly read: (ask: Ask, signal: AbortSignal) => Promise<Flow>;
  /** A request whose body is still to be sent, where it was asked for. */
  readonly open: (ask: Ask, signal: AbortSignal) => http.ClientRequest;
  /** What came of it. */
  readonly answerOf: (message: IncomingMessage, ask: Ask) => Answer;
};

/** A server may think for long about a file that it has just got. */
const silenceMs = {
  GET: 60_000,
  HEAD: 60_000,
  DELETE: 60_000,
  MKCOL: 60_000,
  PROPFIND: 60_000,
  PUT: 300_000,
} as const;
const mostRedirects = 10;
const redirects = new Set([301, 302, 303, 307, 308]);

/** `origin` is whom `access` is meant for. */
export function createWire(origin: string, access: WebAccess): Wire {
  const agents = createAgents(access);
  const flows = createFlows(access);
  const relayTo = (url: URL) => (url.protocol === 'http:' ? access.proxies(serverOf(url)) : undefined);
  const headersOf = ({ url, headers }: Ask) => ({
    ...common,
    ...(url.origin === origin && proof(access)),
    ...headers,
  });
  const open: Wire['open'] = (ask, signal) => {
    const { method, url, purpose } = ask;
    const relay = relayTo(url);
    const addressed = relay && { path: `${url.origin}${url.pathname}${url.search}` };
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method,
      ...addressed,
      headers: { ...headersOf(ask), ...(relay && proofTo(relay)) },
      agent: agents.agentFor(url, purpose),
      timeout: silenceMs[method],
      signal,
    });
    return endSilence(request, silenceMs[method]);
  };
  const answerOf: Wire['answerOf'] = (message, ask) => {
    const relay = message.statusCode === 407 ? relayTo(ask.url) : undefined;
    if (relay) throw unknownThere(relay);
    return answer(message, ask);
  };
  const askOnce = async (ask: Ask, signal: AbortSignal): Promise<Answer> => {
    const message = await answerTo(() => open(ask, signal), signal);
    if (ask.method === 'HEAD') await endOf(message);
    return answerOf(message, ask);
  };
  const readOnce = (ask: Ask, signal: AbortSignal) => flows(ask, headersOf(ask), signal);
  return {
    ask: (ask, signal) => followed(askOnce, drop, ask, signal),
    read: (ask, signal) => followed(readOnce, ({ leave }) => leave(), ask, signal),
    open,
    answerOf,
    [Symbol.dispose]() {
      agents[Symbol.dispose]();
      flows[Symbol.dispose]();
    },
  };
}

type Said = Pick<Answer, 'status' | 'headers'>;

/** What is answered in the end, from wherever we were sent. */
async function followed<A extends Said>(
  once: (ask: Ask, signal: AbortSignal) => Promise<A>,
  leave: (answer: A) => void,
  first: Ask,
  signal: AbortSignal,
): Promise<A> {
  signal.throwIfAborted();
  for (let at = first, left = mostRedirects; ; left--) {
    const answer = await once(at, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      throw breakage(error, at.what, at.doing);
    });
    const next = mayGoOn(at) && redirects.has(answer.status) ? answer.headers.location : undefined;
    if (next === undefined) return answer;
    leave(answer);
    const url = whereTo(next, at, left);
    at = { ...at, url, isDirectory: at.isDirectory || isSlashed(at.url, url) };
  }
}

/** What changes something changes it where it was asked for, or not at all. */
function mayGoOn({ method }: Ask): boolean {
  return method === 'GET' || method === 'HEAD';
}

const common = { 'accept-encoding': 'identity', 'user-agent': 'difpipe', accept: '*/*' };

function proof({ authorization }: WebAccess) {
  return authorization === undefined ? {} : { authorization };
}

function answer(message: IncomingMessage, { method, url, isDirectory = false }: Ask): Answer {
  const { statusCode: status, headers } = message;
  return { status: status!, headers, url, isDirectory, message, isBare: method === 'HEAD' };
}

/** A connection that the server closed while nobody used it is no failure: another one is tried at once. */
async function answerTo(open: () => http.ClientRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const request = open();
  try {
    request.end();
    const [message] = await orAborted(once(request, 'response'), signal); // without a connection it hears of no end
    return message as IncomingMessage;
  } catch (error) {
    if (request.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET')
      return answerTo(open, signal);
    throw error;
  }
}

/** Nothing follows, and then its connection is free for whoever asks next. */
async function endOf(message: IncomingMessage): Promise<void> {
  message.resume();
  await once(message, 'end');
}

/** Ends a request that nothing comes of; not one whose reader has bytes left to take. */
function endSilence(request: http.ClientRequest, afterMs: number): http.ClientRequest {
  let message: IncomingMessage | undefined;
  request.on('error', () => undefined); // who waits for the answer hears of it; later ones are the answer's
  request.once('response', (given) => {
    message = given;
  });
  request.on('timeout', () => {
    if (message && message.readableLength > 0) return void request.socket?.setTimeout(afterMs);
    request.destroy(Object.assign(new Error('silence'), { code: 'ETIMEDOUT' }));
  });
  return request;
}

const littleBytes = 64 * 1024;

/** Nobody wants the rest: read where that is cheaper than another connection. */
export function drop({ message, headers, isBare }: Answer): void {
  message.on('error', () => undefined); // nobody wants that either
  if (isBare || Number(headers['content-length'] ?? Number.POSITIVE_INFINITY) <= littleBytes)
    message.resume();
  else message.destroy();
}
