import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { enters } from './enters.ts';
import { fails } from './fails.ts';
import { startServer } from './server.ts';
import { configure, startSshd } from './sshd.ts';

const skip = needs('sshd', 'ssh');

for (const line of ['PubkeyAuthentication no', 'PreferredAuthentications password,keyboard-interactive'])
  test(`no key is tried where ssh_config says ${line}, which is said`, { skip }, async () => {
    await using server = await startSshd();
    await enters(server, server.place());
    configure(server, line);
    await assert.rejects(
      enters(server, server.place()),
      fails('denied', /nothing to try; it takes publickey.*ssh_config does not let us try publickey/s),
    );
  });

const orders = [
  [['PreferredAuthentications password,keyboard-interactive'], ['password', 'keyboard-interactive']],
  [['PreferredAuthentications gssapi-with-mic,password'], ['password']],
  [['KbdInteractiveAuthentication no'], ['password']],
  [['ChallengeResponseAuthentication no'], ['password']],
  [['PasswordAuthentication no'], ['keyboard-interactive']],
  [['PasswordAuthentication no', 'PreferredAuthentications password'], []],
] as const;

for (const [lines, tried] of orders)
  test(`a password is shown as ssh_config says: ${lines.join(', ')}`, { skip }, async () => {
    await using server = await startServer((auth) => auth.reject(['password', 'keyboard-interactive']));
    configure(server, ...lines);
    await assert.rejects(
      enters(server, server.place, { password: 'wrong' }),
      fails('denied', /not let us in/),
    );
    assert.deepEqual(server.tried, ['none', ...tried]);
  });

test('a password is asked for as often as NumberOfPasswordPrompts says', { skip }, async () => {
  await using server = await startServer((auth) => auth.reject(['password']));
  configure(server, 'NumberOfPasswordPrompts 2');
  const asked: string[] = [];
  const ask = async (question: string) => `wrong ${asked.push(question)}`;
  await assert.rejects(enters(server, server.place, { ask }), fails('denied', /tried the password/));
  assert.equal(asked.length, 2);
});

test('a host is known by a GlobalKnownHostsFile below ~', { skip }, async () => {
  await using server = await startSshd();
  fs.renameSync(join(server.home, '.ssh/known_hosts'), join(server.home, 'all'));
  await assert.rejects(enters(server, server.place()), fails('refused', /not known/));
  configure(server, 'GlobalKnownHostsFile ~/all');
  await enters(server, server.place());
});
