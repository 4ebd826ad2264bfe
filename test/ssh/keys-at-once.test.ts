// Keys are exchanged before the host has said how.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openHost } from '../../src/ssh/host.ts';
import { greeting } from '../../src/store/sftp/protocol/greeting.ts';
import { needs } from '../peer.ts';
import { type HoldingRelay, holdingRelay } from './holding-relay.ts';
import { runs } from './runs.ts';
import { startSshd } from './sshd.ts';

const skip = needs('sshd', 'ssh');
const never = new AbortController().signal;
const ecdhInit = Buffer.from([30, 0, 0, 0, 32]); // and the key

type Relay = HoldingRelay & {
  /** of each connection, whether the key of the client came before anything of the server was handed on */
  readonly early: readonly boolean[];
};

/** Hands on nothing of the server before the client has sent its name and `wanted`; breaks off the first `broken` that send a key early. */
async function relayTo(port: number, { wanted = Buffer.alloc(0), broken = 0 }): Promise<Relay> {
  const early: boolean[] = [];
  const relay = await holdingRelay(port, () => {
    const came: Buffer[] = [];
    let isPassing = false;
    const has = (what: Buffer) => Buffer.concat(came).includes(what);
    return {
      heard: (chunk) => {
        if (!isPassing) came.push(chunk);
      },
      isOpen: (client) => {
        if (!isPassing && !(has(Buffer.from('SSH-')) && has(wanted))) return false;
        if (!isPassing) early.push(has(ecdhInit));
        isPassing = true;
        if (early.at(-1) && early.length <= broken) client.destroy();
        return true;
      },
    };
  });
  return { ...relay, early };
}

test('our part of the exchange goes with our name', { skip }, async () => {
  await using server = await startSshd();
  await using relay = await relayTo(server.port, { wanted: ecdhInit });
  const place = { ...server.place(), port: relay.port };
  await using host = await openHost(place, { ...server.access, acceptNewHostKeys: true }, never, {
    greeting,
    connections: () => 2,
  });
  await runs(host);
  assert.ok(relay.early.every((isEarly) => isEarly));
});

test('a host that exchanges keys in another way is waited for from then on', { skip }, async () => {
  for (const kex of ['ecdh-sha2-nistp256', 'diffie-hellman-group14-sha256']) {
    await using server = await startSshd({ options: [`KexAlgorithms ${kex}`] });
    await using host = await openHost(server.place(), server.access, never, { greeting });
    await runs(host);
  }
});

test('a host that breaks off when it gets a key too early is waited for', { skip }, async () => {
  await using server = await startSshd();
  await using relay = await relayTo(server.port, { broken: 9 });
  const place = { ...server.place(), port: relay.port };
  await using host = await openHost(place, { ...server.access, acceptNewHostKeys: true }, never, {
    greeting,
  });
  await runs(host);
  assert.deepEqual(relay.early, [true, false]);
});
