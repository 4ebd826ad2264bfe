/** One HTTP request over a connection that is kept for the next. */
import * as http from 'node:http';
import * as https from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export type Sent = Uint8Array | { readonly size: number; readonly open: () => AsyncIterable<Uint8Array> };

export type Wired = {
  readonly method: string;
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Sent | undefined;
};

export type Answer = {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** To be read, to its end or as far as it is wanted; or else to be left. */
  readonly body: AsyncIterable<Uint8Array>;
  readonly leave: () => void;
};

export type Wire = Disposable & ((request: Wired, signal: AbortSignal) => Promise<Answer>);

/** A server that says nothing for so long is gone. */
const silenceMs = 60_000;
const idleMs = 4000; // less than servers wait before they hang up

export function createWire(connections: number): Wire {
  const how = { keepAlive: true, maxSockets: connections, maxFreeSockets: connections, timeout: idleMs };
  const plain = new http.Agent(how);
  const secure = new https.Agent(how);
  const wire = async (request: Wired, signal: AbortSignal) => {
    try {
      return await exchange(request.isSecure ? secure : plain, request, signal);
    } catch (error) {
      if (!(error instanceof Stale)) throw error;
      return exchange(undefined, request, signal); // it hung up before it heard us
    }
  };
  return Object.assign(wire, {
    [Symbol.dispose]() {
      plain.destroy();
      secure.destroy();
    },
  });
}

class Stale extends Error {}

async function exchange(
  agent: http.Agent | undefined,
  { method, host, port, path, headers, body, isSecure }: Wired,
  signal: AbortSignal,
): Promise<Answer> {
  signal.throwIfAborted();
  const { request: make } = isSecure ? https : http;
  const length = body instanceof Uint8Array ? body.length : (body?.size ?? 0);
  const sent = body || method === 'PUT' || method === 'POST';
  const all = sent ? { ...headers, 'content-length': String(length) } : headers;
  const request = make({ agent: agent ?? false, host, port, method, path, headers: all });
  const stop = () => request.destroy(new Error('stopped'));
  signal.addEventListener('abort', stop, { once: true });
  request.setTimeout(silenceMs, () => request.destroy(new Error('no answer')));
  const answered = answerTo(request);
  answered.catch(() => undefined);
  try {
    if (body && !(body instanceof Uint8Array)) await fill(request, body, answered);
    else request.end(body);
    const response = await answered;
    return {
      status: response.statusCode!,
      headers: response.headers,
      body: read(response, signal, stop),
      leave: () => {
        signal.removeEventListener('abort', stop);
        response.destroy();
      },
    };
  } catch (error) {
    request.destroy();
    signal.removeEventListener('abort', stop);
    signal.throwIfAborted();
    throw agent && request.reusedSocket && isReset(error) ? new Stale('', { cause: error }) : error;
  }
}

function answerTo(request: http.ClientRequest): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject);
  });
}

/** A server may answer before it has heard all. */
async function fill(
  request: http.ClientRequest,
  body: Exclude<Sent, Uint8Array>,
  answered: Promise<http.IncomingMessage>,
): Promise<void> {
  let source: unknown;
  const watched = async function* () {
    try {
      yield* body.open();
    } catch (error) {
      source = error;
      throw error;
    }
  };
  try {
    await pipeline(Readable.from(watched(), { objectMode: false }), request);
  } catch (error) {
    if (source !== undefined) throw source;
    const answer = await Promise.race([answered.catch(() => undefined), Promise.resolve(undefined)]);
    if (!answer) throw error;
  }
}

async function* read(
  response: http.IncomingMessage,
  signal: AbortSignal,
  stop: () => void,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response) {
      signal.throwIfAborted();
      yield chunk as Buffer;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function isReset(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ECONNRESET' || code === 'EPIPE';
}
