// Connections that are made fast before much goes over them.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openHost, type SshHost } from '../../src/ssh/host.ts';
import { isWarm } from '../../src/ssh/quick/warm-line.ts';
import { warmHither } from '../../src/store/sftp/shell/warm-hither.ts';
import { foresee } from '../../src/way/foresee.ts';
import { line } from '../far/line.ts';
import { needs } from '../peer.ts';
import { holdingRelay } from './holding-relay.ts';
import { runs } from './runs.ts';
import { startServer } from './server.ts';
import { makeKey, type Sshd, startSshd } from './sshd.ts';

const skip = needs('sshd', 'ssh');
const never = new AbortController().signal;
const KiB = 1024;

/** What a client says to get in, and to run a program, with something to spare. */
const talkBytes = 16 * KiB;

/** Counts what goes to a server, and says when it is so much. */
function counting(enoughBytes: number) {
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  let bytes = 0;
  const heard = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes >= enoughBytes) resolve();
  };
  return { enough, bytes: () => bytes, gateOf: () => ({ heard, isOpen: () => true }) };
}

function through(server: Sshd, port: number): Promise<SshHost> {
  writeFileSync(join(server.home, '.ssh/config'), 'HostKeyAlias known\n');
  writeFileSync(join(server.home, '.ssh/known_hosts'), `known ${server.hostKey}\n`);
  return openHost({ ...server.place(), port }, server.access, never);
}

test('an OpenSSH server is sent as many bytes that mean nothing as were said, and understands what follows', {
  skip,
}, async () => {
  await using server = await startSshd();
  const mostBytes = 64 * KiB;
  const sent = counting(mostBytes);
  await using relay = await holdingRelay(server.port, sent.gateOf);
  await using host = await through(server, relay.port);
  await runs(host);
  assert.ok(sent.bytes() < talkBytes, `${sent.bytes()} bytes before anybody asked`);
  host.warm(mostBytes);
  await sent.enough;
  host.warm(mostBytes);
  await runs(host);
  assert.ok(sent.bytes() < mostBytes + talkBytes, `${sent.bytes()} bytes`);
});

test('no other server is sent any', { skip }, async () => {
  await using server = await startServer((auth) => auth.accept());
  makeKey(join(server.home, '.ssh/id_ed25519'));
  const known = readFileSync(join(server.home, '.ssh/known_hosts'), 'utf8');
  const sent = counting(0);
  await using relay = await holdingRelay(server.place.port!, sent.gateOf);
  writeFileSync(
    join(server.home, '.ssh/known_hosts'),
    known.replace(`:${server.place.port}`, `:${relay.port}`),
  );
  await using host = await openHost({ ...server.place, port: relay.port }, server.access, never);
  host.warm(64 * KiB);
  await runs(host);
  assert.ok(sent.bytes() < talkBytes, `${sent.bytes()} bytes`);
});

test('a host sends what nobody wants on as many connections as fill a long line, and then answers as ever', {
  skip,
}, async () => {
  await using server = await startSshd();
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  const wantedBytes = 8 * 192 * KiB;
  await using relay = await line(server.port, (bytes) => bytes >= wantedBytes && resolve());
  await using host = await through(server, relay.port);
  await runs(host);
  const before = relay.bytes();
  assert.ok(before < wantedBytes / 4, `${before} bytes before anybody asked`);
  warmHither({ ...host, roundTripMs: 100 }, never);
  await enough;
  await runs(host);
});

test('isWarm() is what is fast enough, lost something, or makes others wait', () => {
  const cold = {
    windowBytes: 100 * KiB,
    underWayBytes: 0,
    notSentBytes: 0,
    hasLost: false,
    roundTripMs: 100,
    waitsMs: 5,
  };
  assert.equal(isWarm(cold), false);
  assert.equal(isWarm({ ...cold, windowBytes: 1024 * KiB }), true);
  assert.equal(isWarm({ ...cold, hasLost: true }), true);
  assert.equal(isWarm({ ...cold, waitsMs: 40 }), true);
});

test('foresee() has nothing sent where a rate is to be kept, nothing goes, or it is not known how much', () => {
  const from = { kind: 'local', path: Buffer.from(process.execPath) } as const;
  const place = {
    kind: 'ssh',
    user: undefined,
    host: 'host',
    port: undefined,
    path: Buffer.from('/there'),
  } as const;
  const some = foresee(from, place, { dryRun: false, bytesPerSecond: undefined }).warmBytes();
  assert.equal(some, 1024 * KiB); // of this very program there is much
  const little = { kind: 'local', path: Buffer.from('/proc/self/cmdline') } as const;
  assert.equal(foresee(little, place, { dryRun: false, bytesPerSecond: undefined }).warmBytes(), 0);
  const odd = { kind: 'local', path: Buffer.from(import.meta.filename) } as const;
  const few = foresee(odd, place, { dryRun: false, bytesPerSecond: undefined }).warmBytes();
  assert.ok(Number.isInteger(few) && few > 0, `${few}`);
  assert.equal(foresee(from, place, { dryRun: false, bytesPerSecond: 1e9 }).warmBytes(), 0);
  assert.equal(foresee(from, place, { dryRun: true, bytesPerSecond: undefined }).warmBytes(), 0);
  assert.equal(foresee(place, place, { dryRun: false, bytesPerSecond: undefined }).warmBytes(), 0);
});
