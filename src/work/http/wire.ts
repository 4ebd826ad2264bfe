/**
 * One HTTP request over a connection that is kept for the next. Node's own client costs several times as much for each
 * small object as the object does, so heads are written and read here.
 */
import { answerOn, type Answer as Given } from './answer.ts';
import type { Connection } from './connection.ts';
import { requestHead } from './message.ts';
import { createPool, type Pool, type Ways } from './pool.ts';
import type { HttpProxy } from './proxies.ts';
import { unknownThere } from './proxy-fault.ts';
import { proofTo } from './through.ts';

/** `relay` is a proxy that read the request, and may have answered itself. */
export type Answer = Given & { readonly relay?: HttpProxy };

export type Sent = Uint8Array | Streamed;
type Streamed = { readonly size: number; readonly open: () => AsyncIterable<Uint8Array> };

export type Wired = {
  readonly method: string;
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
  readonly path: string;
  /** the host is among them */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Sent | undefined;
};

export type Wire = Disposable & ((request: Wired, signal: AbortSignal) => Promise<Answer>);

const oneWriteBytes = 32 * 1024; // a body up to this is copied behind its head

export function createWire(connections: number, ways: Ways = {}): Wire {
  const pool = createPool(connections, ways);
  const wire = async (request: Wired, signal: AbortSignal) => {
    try {
      return await exchange(pool, request, false, signal);
    } catch (error) {
      if (!(error instanceof Stale)) throw error;
      return exchange(pool, request, true, signal); // it hung up before it heard us
    }
  };
  return Object.assign(wire, { [Symbol.dispose]: () => pool[Symbol.dispose]() });
}

class Stale extends Error {}

async function exchange(pool: Pool, request: Wired, isNew: boolean, signal: AbortSignal): Promise<Answer> {
  signal.throwIfAborted();
  const { connection, relay, end } = await pool.take(request, isNew, signal);
  let isSent = false;
  try {
    isSent = await send(connection, relay ? addressed(request, relay) : request);
    const answer = await answerOn(connection.inbox, request.method, (isKept) => end(isKept && isSent));
    if (relay) return relayed(answer, relay, signal);
    return answer.held ? answer : { ...answer, body: stoppable(answer.body, signal) };
  } catch (error) {
    end(false);
    signal.throwIfAborted();
    throw connection.isStale ? new Stale('', { cause: error }) : error;
  }
}

/** As a proxy is told it. */
function addressed(request: Wired, relay: HttpProxy): Wired {
  const { headers, path } = request;
  return { ...request, path: `http://${headers.host}${path}`, headers: { ...headers, ...proofTo(relay) } };
}

function relayed(answer: Given, relay: HttpProxy, signal: AbortSignal): Answer {
  if (answer.status === 407) throw unknownThere(relay);
  return { ...answer, relay, body: answer.held ? answer.body : stoppable(answer.body, signal) };
}

async function* stoppable(body: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) {
      signal.throwIfAborted();
      yield chunk;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/** Whether all of it left: a server may answer before it has heard that. */
async function send(connection: Connection, request: Wired): Promise<boolean> {
  const { method, body } = request;
  const isHeld = body === undefined || body instanceof Uint8Array;
  const given = isHeld ? body?.length : body.size;
  const bytes = given ?? (method === 'PUT' || method === 'POST' ? 0 : undefined);
  const head = requestHead(request, bytes);
  if (!isHeld) return stream(connection, head, body);
  if (body === undefined || body.length === 0) connection.writeHead(head);
  else if (body.length > oneWriteBytes) connection.writeBoth(Buffer.from(head, 'latin1'), body);
  else connection.write(joined(head, body));
  return true;
}

function joined(head: string, body: Uint8Array): Buffer {
  const all = Buffer.allocUnsafe(head.length + body.length);
  all.write(head, 0, 'latin1');
  all.set(body, head.length);
  return all;
}

async function stream(connection: Connection, head: string, { size, open }: Streamed): Promise<boolean> {
  await connection.write(Buffer.from(head, 'latin1'));
  let left = size;
  for await (const chunk of open()) {
    if (connection.hasEnough) return false;
    left -= chunk.length;
    if (left < 0) break;
    await connection.write(chunk);
  }
  if (left !== 0 && !connection.hasEnough) throw new Error('the body is not as long as it was to be');
  return left === 0;
}
