/** Asks a rclone that serves, over HTTP on this machine. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { TransferError } from '../../errors.ts';
import type { Address } from './daemon.ts';
import { Refusal } from './refusal.ts';

/** Whoever says where it serves. */
type Served = { readonly reach: (signal: AbortSignal) => Promise<Address> };

type Asking = {
  readonly method: 'POST' | 'GET';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

const success = 300;

/** What it did with a call; throws a Refusal, and 'transient' where it could not be heard. */
export async function call<T>(served: Served, name: string, words: object, signal: AbortSignal): Promise<T> {
  const response = await post(served, name, words, signal);
  return JSON.parse(await textOf(response, signal)) as T;
}

/** The same, with the answer as it comes. */
export function post(
  served: Served,
  name: string,
  words: object,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const headers = { 'content-type': 'application/json' };
  return ask(served, { method: 'POST', path: `/${name}`, headers, body: JSON.stringify(words) }, signal);
}

/** Anything asked; the body of the answer is to be read. */
export async function ask(served: Served, asking: Asking, signal: AbortSignal): Promise<IncomingMessage> {
  const { port, authorization, agent } = await served.reach(signal);
  const { method, path, headers, body } = asking;
  const asked = request({
    host: '127.0.0.1',
    port,
    agent,
    method,
    path,
    signal,
    headers: { ...headers, authorization },
  });
  asked.end(body);
  const response = await heard(once(asked, 'response'), signal);
  const [message] = response as [IncomingMessage];
  asked.on('error', () => undefined); // whoever reads the answer is told
  if (message.statusCode! < success) return message;
  throw new Refusal(message.statusCode!, wordsOf(await textOf(message, signal)));
}

/** Waits for what comes from it; that it does not come is worth another try. */
export async function heard<T>(coming: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await coming;
  } catch (cause) {
    signal.throwIfAborted();
    throw lost(cause);
  }
}

export function lost(cause: unknown): TransferError {
  const code = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
  return new TransferError('transient', `rclone went while it was asked: ${code}`, { cause });
}

async function textOf(message: IncomingMessage, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = await heard(message.toArray(), signal);
  return Buffer.concat(chunks).toString();
}

function wordsOf(text: string): string {
  try {
    return String((JSON.parse(text) as { readonly error: unknown }).error);
  } catch {
    return text; // not all it says is JSON
  }
}
