import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { roundTripOf } from '../../src/work/posix/round-trip.ts';

test('the round trip of a connection is what the kernel saw, however late this thread hears of it', async () => {
  const server = createServer((peer) => peer.resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const socket = connect(port, '127.0.0.1');
  const connected = once(socket, 'connect');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300); // as busy as loading a program makes it
  await connected;
  const ms = roundTripOf(socket);
  assert.ok(ms !== undefined && ms > 0 && ms < 150, `${ms} ms`);
  socket.destroy();
  assert.equal(roundTripOf(socket), undefined);
  server.close();
});
