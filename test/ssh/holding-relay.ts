/** A line to a server that holds back what the server says as long as the test wants. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Of one connection. */
export type Gate = {
  /** what the client sends */
  readonly heard: (chunk: Buffer) => void;
  /** whether what the server has said may go on to the client, or it is broken off; asked after each word of either */
  readonly isOpen: (client: Socket) => boolean;
};

export type HoldingRelay = AsyncDisposable & { readonly port: number };

export async function holdingRelay(serverPort: number, gateOf: () => Gate): Promise<HoldingRelay> {
  const relaying = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1');
    const held: Buffer[] = [];
    const { heard, isOpen } = gateOf();
    for (const end of [client, server])
      end.on('error', () => undefined).on('close', () => [client, server].map((one) => one.destroy()));
    const pass = () => {
      if (isOpen(client)) for (const one of held.splice(0)) client.write(one);
    };
    client.on('data', (chunk: Buffer) => {
      heard(chunk);
      server.write(chunk);
      pass();
    });
    server.on('data', (chunk: Buffer) => {
      held.push(chunk);
      pass();
    });
  }).listen(0, '127.0.0.1');
  await once(relaying, 'listening');
  const { port } = relaying.address() as { port: number };
  return { port, [Symbol.asyncDispose]: async () => void relaying.close() };
}
