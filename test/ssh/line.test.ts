// Lines that do harm: cut at any byte, flipped bits, new keys in the middle of it all.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import { openHost, type SshHost } from '../../src/ssh/host.ts';
import { needs } from '../peer.ts';
import { fails } from './fails.ts';
import { type Sshd, startSshd } from './sshd.ts';

const skip = needs('sshd', 'ssh');
const never = new AbortController().signal;

/** There and back again, and whether all came back. */
async function carries(host: SshHost, mebibytes: number): Promise<boolean> {
  await using far = await host.run('cat', [], never);
  const chunk = Buffer.alloc(1 << 20, 'difpipe');
  let bytes = 0;
  const read = async () => {
    for await (const got of far.stdout) bytes += (got as Buffer).length;
  };
  await Promise.all([
    pipeline(Readable.from(Array.from({ length: mebibytes }, () => chunk)), far.stdin),
    read(),
  ]);
  assert.deepEqual(await far.ended, { code: 0, signal: undefined });
  return bytes === mebibytes << 20;
}

test('keys are exchanged anew while data flows', { skip }, async () => {
  await using server = await startSshd({ options: ['RekeyLimit 1M'] });
  await using host = await openHost(server.place(), server.access, never);
  assert.ok(await carries(host, 16));
});

type Relay = AsyncDisposable & { readonly port: number };

/** A relay in front of a server; `spoil` sees each chunk on its way back, with the bytes that went before it. */
async function relay(
  server: Sshd,
  spoil: (chunk: Buffer, before: number, client: Socket) => void,
): Promise<Relay> {
  const sockets = new Set<Socket>();
  const relaying = createServer((client) => {
    const to = connect(server.port, '127.0.0.1');
    let before = 0;
    for (const socket of [client, to]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.on('data', (chunk) => to.write(chunk)).on('close', () => to.destroy());
    to.on('data', (chunk: Buffer) => {
      spoil(chunk, before, client);
      before += chunk.length;
      if (!client.destroyed) client.write(chunk);
    }).on('close', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(relaying, 'listening');
  return {
    port: (relaying.address() as { port: number }).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      relaying.close();
      await once(relaying, 'close');
    },
  };
}

async function through({ port }: Relay, server: Sshd): Promise<SshHost> {
  const { writeFileSync } = await import('node:fs');
  writeFileSync(`${server.home}/.ssh/config`, `HostKeyAlias known\n`);
  writeFileSync(`${server.home}/.ssh/known_hosts`, `known ${server.hostKey}\n`);
  return openHost({ ...server.place(), port }, server.access, never);
}

test('a line that is cut at any byte fails as transient', { skip }, async () => {
  await using server = await startSshd();
  let cutAt = 0;
  await using line = await relay(server, (chunk, before, client) => {
    if (before <= cutAt && before + chunk.length > cutAt) client.resetAndDestroy();
  });
  for (cutAt of [0, 500, 1_500, 2_500, 3_500, 100_000]) {
    try {
      await using host = await through(line, server);
      await carries(host, 4);
      assert.fail(`nothing was cut at ${cutAt}`);
    } catch (error) {
      fails('transient')(error);
    }
  }
});

test('a flipped bit is noticed', { skip }, async () => {
  await using server = await startSshd();
  await using line = await relay(server, (chunk, before) => {
    if (before <= 100_000 && before + chunk.length > 100_000) chunk[100_000 - before]! ^= 1;
  });
  await using host = await through(line, server);
  await assert.rejects(carries(host, 4), fails('transient'));
});
