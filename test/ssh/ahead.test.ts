// What is asked before we are let in.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { Connection } from 'ssh2';
import { openHost, type SshHost } from '../../src/ssh/host.ts';
import { greeting } from '../../src/store/sftp/protocol/greeting.ts';
import { needs } from '../peer.ts';
import { fails } from './fails.ts';
import { runs } from './runs.ts';
import { startServer } from './server.ts';
import { makeKey, startSshd } from './sshd.ts';

const skip = needs('sshd', 'ssh');
const never = new AbortController().signal;
const how = { connections: () => 1, greeting };

/** Whether the server was told the greeting before, where SFTP is spoken in any case. */
async function wasAhead(host: SshHost): Promise<boolean> {
  await using far = await host.sftp(never);
  if (!far.said) far.stdin.write(greeting);
  for await (const answer of far.stdout) {
    assert.equal((answer as Buffer)[4], 2);
    break;
  }
  return far.said !== undefined;
}

test('an OpenSSH server starts SFTP when it lets us in', { skip }, async () => {
  await using server = await startSshd();
  await using host = await openHost(server.place(), server.access, never, how);
  assert.ok(await wasAhead(host));
  assert.ok(!(await wasAhead(host)));
  await runs(host);
});

test('one session a connection is enough', { skip }, async () => {
  await using server = await startSshd({ options: ['MaxSessions 1'] });
  await using host = await openHost(server.place(), server.access, never, how);
  assert.ok(await wasAhead(host));
  await runs(host);
});

test('a key that is not taken asks for nothing', { skip }, async () => {
  await using server = await startSshd();
  const key = join(server.home, '.ssh/id_rsa');
  makeKey(key, '', 'rsa');
  fs.copyFileSync(`${key}.pub`, join(server.home, 'authorized_keys'));
  fs.writeFileSync(
    join(server.home, '.ssh/config'),
    `IdentityFile ${join(server.home, '.ssh/id_ed25519')}\nIdentityFile ${key}\n`,
  );
  await using host = await openHost(server.place(), server.access, never, how);
  assert.ok(!(await wasAhead(host)));
  await runs(host);
});

test('a server without SFTP says so, and one without sessions', { skip }, async () => {
  for (const [option, words] of [
    ['# no Subsystem sftp', /has no SFTP server/],
    ['MaxSessions 0', /lets nobody open a session/],
  ] as const) {
    await using server = await startSshd({ options: [option] });
    await using host = await openHost(server.place(), server.access, never, how);
    const sftp = host.sftp(never).then((far) => text(far.stdout));
    await assert.rejects(sftp, fails('unsupported', words));
  }
});

/** Gives its first session another number than OpenSSH does. */
function numbersFrom7(client: Connection): void {
  Object.assign((client as unknown as { readonly _chanMgr: object })._chanMgr, { _cur: 6 });
}

test('a server that only claims to be OpenSSH is asked as any other', { skip }, async () => {
  await using server = await startServer((auth) => auth.accept(), numbersFrom7, 'OpenSSH_9.9');
  makeKey(join(server.home, '.ssh/id_ed25519'));
  await using host = await openHost(server.place, server.access, never, how);
  assert.ok(!(await wasAhead(host)));
  await runs(host);
});
