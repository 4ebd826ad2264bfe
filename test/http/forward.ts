/** A proxy on the way out of a network, that lets `me:pass` through, and knows names that nobody else does. */
import { once } from 'node:events';
import * as fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { connect, type Socket } from 'node:net';
import type { Certified } from '../s3/authority.ts';

/** A name that only the proxy knows: of this machine. */
export const hidden = 'store.invalid';

export type Forward = AsyncDisposable & {
  /** host and port */
  readonly url: string;
  readonly asked: string[];
  /** answers so, in place of whoever was asked for */
  refuses: number | undefined;
};

const proof = `Basic ${Buffer.from('me:pass').toString('base64')}`;

/** Over TLS where it is certified. */
export async function startForward(certified?: Certified): Promise<Forward> {
  const sockets = new Set<Socket>();
  const server = certified
    ? https.createServer({
        cert: fs.readFileSync(certified.certificate),
        key: fs.readFileSync(certified.key),
      })
    : http.createServer();
  const refusal = ({ headers }: http.IncomingMessage) =>
    headers['proxy-authorization'] === proof ? forward.refuses : 407;
  server.on('request', (request: http.IncomingMessage, response: http.ServerResponse) => {
    forward.asked.push(`${request.method} ${request.url}`);
    const status = refusal(request);
    if (status !== undefined) return void response.writeHead(status).end('<h1>no</h1>');
    const { 'proxy-authorization': _, ...headers } = request.headers;
    const { hostname, port, pathname, search } = new URL(request.url!);
    const asked = { host: known(hostname), port, path: `${pathname}${search}`, headers };
    const onward = http.request({ ...asked, method: request.method! }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('connect', (request: http.IncomingMessage, socket: Socket) => {
    forward.asked.push(`CONNECT ${request.url}`);
    sockets.add(socket);
    const status = refusal(request);
    if (status !== undefined) return void socket.end(`HTTP/1.1 ${status} no\r\n\r\n`);
    const [host, port] = request.url!.split(':');
    const onward = connect(Number(port), known(host!), () => {
      socket.write('HTTP/1.1 200 go on\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [onward, socket]) end.on('error', () => onward.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const forward: Forward = {
    url: `127.0.0.1:${(server.address() as { port: number }).port}`,
    asked: [],
    refuses: undefined,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
  return forward;
}

function known(name: string): string {
  return name === hidden ? '127.0.0.1' : name;
}
