/** A line in front of a server, which does harm when it is told to. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export type Line = AsyncDisposable & {
  readonly port: number;
  /** how many bytes went either way so far */
  readonly bytes: () => number;
  /** From now on nothing comes through on what is connected, and nobody is told. */
  readonly silence: () => void;
  /** What is connected is reset, both ways. */
  readonly reset: () => void;
};

export async function line(
  to: number,
  moved: (bytes: number, line: Line) => void = () => undefined,
): Promise<Line> {
  const sockets = new Set<Socket>();
  const silent = new WeakSet<Socket>();
  let bytes = 0;
  const hand = (from: Socket, into: Socket) => {
    sockets.add(from);
    from.on('error', () => undefined);
    from.on('data', (chunk) => {
      if (silent.has(from) || into.destroyed) return;
      into.write(chunk);
      bytes += chunk.length;
      moved(bytes, self);
    });
    from.on('close', () => {
      sockets.delete(from);
      if (!silent.has(from)) into.destroy();
    });
  };
  const server = createServer((client) => {
    const other = connect(to, '127.0.0.1');
    hand(client, other);
    hand(other, client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const self: Line = {
    port: (server.address() as { port: number }).port,
    bytes: () => bytes,
    silence: () => {
      for (const socket of sockets) silent.add(socket);
    },
    reset: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return self;
}
