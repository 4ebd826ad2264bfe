/** A web server that does what a test tells it to. */
import { once } from 'node:events';
import http from 'node:http';
import { anybody, type WebAccess } from '../../src/store/http/access.ts';
import { openHttpStore } from '../../src/store/http/http-store.ts';
import type { Habits } from '../../src/store/http/look.ts';
import type { Store } from '../../src/store/store.ts';

export type Scripted = AsyncDisposable & {
  /** without a slash at its end */
  readonly origin: string;
  /** method, path and range of what was asked */
  readonly asked: string[];
  readonly store: (path: string, access?: WebAccess) => Store;
  /** one that waits for the server's word before it sends a file, however busy this machine is */
  readonly patient: (path: string) => Store;
};

export async function scripted(answer: http.RequestListener): Promise<Scripted> {
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    asked.push([request.method, request.url, request.headers.range].filter(Boolean).join(' '));
    answer(request, response);
  });
  server.on('checkContinue', (request, response) => {
    asked.push(`${request.method} ${request.url} expects`);
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const origin = `http://127.0.0.1:${port}`;
  const opened: Store[] = [];
  const spool = new Map();
  const open = (path: string, access: WebAccess, habits?: Habits) => {
    const store = openHttpStore({ kind: 'http', url: `${origin}${path}` }, access, spool, habits);
    opened.push(store);
    return store;
  };
  return {
    origin,
    asked,
    store: (path, access = anybody) => open(path, access),
    patient: (path) => open(path, anybody, { refusesExpect: false, wordMs: 600_000 }),
    [Symbol.asyncDispose]: async () => {
      for (const store of opened) await store[Symbol.asyncDispose]();
      server.closeAllConnections();
      server.close();
    },
  };
}

export type File = {
  readonly content: Buffer;
  readonly headers?: http.OutgoingHttpHeaders;
  /** gives every file whole */
  readonly noRanges?: boolean;
};

export const someDay = 'Wed, 21 Oct 2015 07:28:00 GMT';

/** Answers as a good server does: ranges, conditions, HEAD. */
export function give(file: File, request: http.IncomingMessage, response: http.ServerResponse): void {
  const { content, headers = {}, noRanges = false } = file;
  const told = {
    etag: '"one"',
    'last-modified': someDay,
    ...(noRanges ? {} : { 'accept-ranges': 'bytes' }),
    ...headers,
  };
  const match = request.headers['if-match'];
  if (match !== undefined && match !== told.etag) return void response.writeHead(412).end();
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  const [from, to] = range && !noRanges ? [Number(range[1]), Number(range[2])] : [0, content.length - 1];
  const part = content.subarray(from, to + 1);
  const about = range && !noRanges ? { 'content-range': `bytes ${from}-${to}/${content.length}` } : {};
  response.writeHead(range && !noRanges ? 206 : 200, { 'content-length': part.length, ...told, ...about });
  response.end(request.method === 'HEAD' ? undefined : part);
}
