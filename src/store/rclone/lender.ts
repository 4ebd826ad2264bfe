/**
 * Bodies that rclone takes from us: an HTTP server on a loopback port, for who knows a path of this run. Their times
 * go with them in Last-Modified, with a fraction, which rclone reads.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { TransferError } from '../../errors.ts';
import type { Body, Range } from '../body.ts';

export type Loan = Disposable & {
  /** what rclone finds it by */
  readonly from: { readonly srcFs: string; readonly srcRemote: string };
  /** why it could not be given whole; undefined as long as it could */
  readonly fault: () => unknown;
};

export type Lender = AsyncDisposable & {
  readonly lend: (body: Body, how: LendHow, signal: AbortSignal) => Promise<Loan>;
};

type LendHow = {
  readonly mtimeNs: bigint;
  /** its name, where some remotes look for the type of what is in it */
  readonly name: string;
};

type Lent = { readonly body: Body; readonly time: string; readonly signal: AbortSignal; fault: unknown };

export function createLender(): Lender {
  const lent = new Map<string, Lent>();
  const secret = randomBytes(24).toString('base64url');
  const server = createServer((asked, answer) => void give(lent.get(keyOf(asked, secret)), asked, answer));
  let listening: Promise<number> | undefined;
  let count = 0;
  return {
    lend: async (body, { mtimeNs, name }, signal) => {
      listening ??= listen(server);
      const port = await listening;
      const key = `${++count}${/\.[A-Za-z0-9]{1,8}$/.exec(name)?.[0] ?? ''}`;
      const one: Lent = { body, time: httpTime(mtimeNs), signal, fault: undefined };
      lent.set(key, one);
      return {
        from: { srcFs: `:http,url="http://127.0.0.1:${port}/${secret}/":`, srcRemote: key },
        fault: () => one.fault,
        [Symbol.dispose]: () => void lent.delete(key),
      };
    },
    [Symbol.asyncDispose]: async () => {
      if (!listening) return;
      await listening.catch(() => undefined);
      server.close();
      server.closeAllConnections();
    },
  };
}

async function listen(server: ReturnType<typeof createServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port on 127.0.0.1');
  return address.port;
}

/** The last step of a path below the secret; '' for any other. */
function keyOf({ url = '' }: IncomingMessage, secret: string): string {
  const start = `/${secret}/`;
  return url.startsWith(start) ? url.slice(start.length) : '';
}

async function give(lent: Lent | undefined, asked: IncomingMessage, answer: ServerResponse): Promise<void> {
  if (!lent || lent.fault !== undefined || (asked.method !== 'GET' && asked.method !== 'HEAD')) {
    answer.writeHead(lent ? 410 : 404).end();
    return;
  }
  const range = rangeOf(asked.headers.range, lent.body.size);
  answer.writeHead(range ? 206 : 200, headersOf(lent, range));
  if (asked.method === 'HEAD') return void answer.end();
  try {
    await pipeline(bytesOf(lent, range ?? { offset: 0, length: lent.body.size }), answer);
  } catch {
    answer.destroy(); // it is in the fault, or rclone did not want more
  }
}

function headersOf({ body, time }: Lent, range: Range | undefined): Record<string, string | number> {
  const common = { 'last-modified': time, 'accept-ranges': 'bytes' };
  if (!range) return { ...common, 'content-length': body.size };
  const { offset, length } = range;
  const content = `bytes ${offset}-${offset + length - 1}/${body.size}`;
  return { ...common, 'content-length': length, 'content-range': content };
}

/** Undefined where all is asked for, or a range that nothing is in. */
function rangeOf(header: string | undefined, size: number): Range | undefined {
  const asked = /^bytes=(\d+)-(\d*)$/.exec(header ?? '');
  if (!asked) return undefined;
  const offset = Number(asked[1]);
  const end = Math.min(asked[2] ? Number(asked[2]) + 1 : size, size);
  return offset < end ? { offset, length: end - offset } : undefined;
}

/** Exactly so many; a body that has less or more is corrupt. The last go when it has ended well. */
async function* bytesOf(lent: Lent, range: Range): AsyncGenerator<Uint8Array> {
  let left = range.length;
  let held: Uint8Array | undefined;
  try {
    for await (const chunk of lent.body.open(range, lent.signal)) {
      left -= chunk.length;
      if (left < 0) throw notItsSize('goes on after');
      if (held) yield held;
      held = chunk;
    }
    if (left > 0) throw notItsSize('ends before');
    if (held) yield held;
  } catch (error) {
    lent.fault ??= error;
    throw error;
  }
}

function notItsSize(how: string): TransferError {
  return new TransferError('corrupt', `cannot read the source: it ${how} the size that it should have`);
}

const second = 1_000_000_000n;

function httpTime(ns: bigint): string {
  const fraction = ((ns % second) + second) % second;
  const date = new Date(Number((ns - fraction) / second) * 1000).toUTCString();
  return date.replace(/ GMT$/, `.${String(fraction).padStart(9, '0')} GMT`);
}
