// What is sent before the host has answered to what went before it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { Connection } from 'ssh2';
import { openHost } from '../../src/ssh/host.ts';
import { greeting } from '../../src/store/sftp/protocol/greeting.ts';
import { needs } from '../peer.ts';
import { type HoldingRelay, holdingRelay } from './holding-relay.ts';
import { startServer } from './server.ts';
import { startSshd } from './sshd.ts';

const skip = needs('sshd', 'ssh');
const never = new AbortController().signal;

type Handler = (...given: readonly unknown[]) => void;
type Handlers = Record<'CHANNEL_REQUEST' | 'CHANNEL_DATA', Handler>;

/** Answers the one only when the other has come. */
function holdsBack(client: Connection, what: keyof Handlers, until: keyof Handlers): void {
  const { _handlers: handlers } = (client as unknown as { readonly _protocol: { _handlers: Handlers } })
    ._protocol;
  const [answer, come] = [handlers[what], handlers[until]];
  let held: readonly unknown[] | undefined;
  const release = () => {
    if (held) answer(...held);
    held = undefined;
  };
  handlers[what] = (...given) => {
    held = given;
  };
  handlers[until] = (...given) => {
    release();
    come(...given);
  };
}

type Relay = HoldingRelay & {
  /** Nothing that the server says passes any more until the client has sent so many bytes. */
  readonly holdUntil: (bytes: number) => void;
};

async function relayTo(port: number): Promise<Relay> {
  let owed = 0;
  const heard = (chunk: Buffer) => {
    owed -= chunk.length;
  };
  const relay = await holdingRelay(port, () => ({ heard, isOpen: () => owed <= 0 }));
  const holdUntil = (bytes: number) => {
    owed = bytes;
  };
  return { ...relay, holdUntil };
}

test('what a program reads goes with the question for it', { skip }, async () => {
  await using server = await startSshd();
  await using relay = await relayTo(server.port);
  const place = { ...server.place(), port: relay.port };
  await using host = await openHost(place, { ...server.access, acceptNewHostKeys: true }, never);
  await using first = await host.run('echo here', [], never, { readsNothing: true });
  assert.equal(await text(first.stdout), 'here\n'); // then the next session is open
  relay.holdUntil(8192);
  const soon = AbortSignal.timeout(20_000);
  await using far = await host.run('cat', [], soon);
  far.stdin.end(Buffer.alloc(8192, 'x'));
  assert.equal(await text(far.stdout), 'x'.repeat(8192));
});

/** A relay that keeps what is answered to the service, or to whatever else, to itself until so much came since the keys. */
async function slowToGrant(
  port: number,
  { from, to } = untilSigned,
): Promise<AsyncDisposable & { readonly port: number }> {
  const relaying = createServer((client) => {
    const server = connect(port, '127.0.0.1');
    const [held, ends]: [Buffer[], Socket[]] = [[], [client, server]];
    let sent = Number.NaN; // by the client, since the keys were agreed on
    for (const end of ends)
      end.on('error', () => undefined).on('close', () => ends.map((one) => one.destroy()));
    const pass = () => (sent > from && sent < to ? 0 : held.splice(0).map((one) => client.write(one)));
    client.on('data', (chunk) => {
      sent += chunk.length;
      server.write(chunk);
      pass();
    });
    server.on('data', (chunk: Buffer) => {
      if (Number.isNaN(sent) && chunk.includes(newKeys)) sent = 0;
      held.push(chunk);
      pass();
    });
  }).listen(0, '127.0.0.1');
  await once(relaying, 'listening');
  const close = async () => void relaying.close();
  return { port: (relaying.address() as { port: number }).port, [Symbol.asyncDispose]: close };
}

const newKeys = Buffer.from([0, 0, 0, 12, 10, 21]); // the packet that says that what follows is encrypted
/** The new keys take 16 bytes, with what asks for the service it is 68, a signature 228 more, a session 52. */
type Held = { readonly from: number; readonly to: number };
const untilSigned: Held = { from: 16, to: 200 };
const untilMoreIsAsked: Held = { from: 68, to: 68 + 228 + 52 };

test('who we are is said before the service for that was granted', { skip }, async () => {
  await using server = await startSshd();
  await using slow = await slowToGrant(server.port);
  const place = { ...server.place(), port: slow.port };
  await using host = await openHost(place, { ...server.access, acceptNewHostKeys: true }, never, {
    greeting,
  });
  await using far = await host.run('echo here', [], never);
  assert.equal(await text(far.stdout), 'here\n');
});

test('a connection that follows asks for a session before it was let in', { skip }, async () => {
  await using server = await startSshd();
  await using slow = await slowToGrant(server.port, untilMoreIsAsked);
  const place = { ...server.place(), port: slow.port };
  const access = { ...server.access, acceptNewHostKeys: true };
  await using host = await openHost(place, access, never, { greeting, connections: () => 2 });
  const soon = AbortSignal.timeout(20_000);
  const heavy = { isHeavy: true };
  await using _busy = await host.run('cat', [], soon, heavy);
  await using far = await host.run('echo here', [], soon, heavy);
  assert.equal(await text(far.stdout), 'here\n');
});

test('sftp() says its first words before the session was granted', { skip }, async () => {
  const serve = (client: Connection) => holdsBack(client, 'CHANNEL_REQUEST', 'CHANNEL_DATA');
  await using server = await startServer((auth) => auth.accept(), serve);
  await using host = await openHost(server.place, server.access, never);
  await using far = await host.sftp(never);
  far.stdin.write(Buffer.from([0, 0, 0, 5, 1, 0, 0, 0, 3]));
  for await (const answer of far.stdout) {
    assert.equal((answer as Buffer)[4], 2);
    break;
  }
});

test('a session is open before it is asked for, and another one when it is used', { skip }, async () => {
  let sessions = 0;
  const count = (client: Connection) => client.on('session', () => sessions++);
  await using server = await startServer((auth) => auth.accept(), count);
  await using host = await openHost(server.place, server.access, never);
  for (const wanted of [2, 3]) {
    await using far = await host.run('cat', [], never, { readsNothing: true });
    assert.equal(await text(far.stdout), '');
    assert.equal(sessions, wanted);
  }
});
