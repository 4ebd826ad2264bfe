import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AuthContext } from 'ssh2';
import { TransferError } from '../../src/errors.ts';
import type { Access } from '../../src/ssh/access.ts';
import { openHost } from '../../src/ssh/host.ts';
import { needs } from '../peer.ts';
import { enters, startAgent } from './enters.ts';
import { fails } from './fails.ts';
import { startServer } from './server.ts';
import { makeKey, type Sshd, startSshd } from './sshd.ts';

const skip = needs('sshd', 'ssh');
const never = new AbortController().signal;
const canary = 'c4nary-s3cret';

/** Answers with what `answers` has for the words of a question; remembers all that was asked. */
function asker(answers: Readonly<Record<string, string>>): {
  asked: string[];
  ask: NonNullable<Access['ask']>;
} {
  const asked: string[] = [];
  const ask = async (question: string) => {
    asked.push(question);
    return Object.entries(answers).find(([words]) => question.includes(words))?.[1] ?? 'wrong';
  };
  return { asked, ask };
}

function useKey(server: Sshd, passphrase: string, type = 'ed25519'): string {
  const key = join(server.home, '.ssh', `id_${type}`);
  fs.rmSync(join(server.home, '.ssh/id_ed25519'));
  fs.rmSync(join(server.home, '.ssh/id_ed25519.pub'));
  makeKey(key, passphrase, type);
  fs.copyFileSync(`${key}.pub`, join(server.home, 'authorized_keys'));
  return key;
}

for (const type of ['ecdsa', 'rsa']) {
  test(`a key of type ${type} opens a host`, { skip }, async () => {
    await using server = await startSshd();
    useKey(server, '', type);
    await enters(server, server.place());
  });
}

test('a passphrase is asked for once, of a key that the host takes, for all connections', {
  skip,
}, async () => {
  await using server = await startSshd();
  useKey(server, canary);
  makeKey(join(server.home, '.ssh/id_ecdsa'), 'never asked', 'ecdsa');
  const { asked, ask } = asker({ id_ed25519: canary });
  await using host = await openHost(server.place(), { ...server.access, ask }, never);
  const all = await Promise.all([1, 2, 3].map(() => host.run('cat', [], never)));
  for (const far of all) await far[Symbol.asyncDispose]();
  assert.deepEqual(asked, [`passphrase of ${server.home}/.ssh/id_ed25519`]);
});

test('connections made at once ask nobody but by the first', { skip }, async () => {
  await using server = await startSshd();
  useKey(server, canary);
  const { asked, ask } = asker({ id_ed25519: canary });
  await using host = await openHost(server.place(), { ...server.access, ask }, never, {
    connections: () => 4,
  });
  const heavy = () => host.run('cat', [], never, { isHeavy: true });
  for (const far of await Promise.all([heavy(), heavy(), heavy(), heavy()])) await far[Symbol.asyncDispose]();
  assert.equal(server.sessions().length, 4);
  assert.equal(asked.length, 1);
});

test('a key with a passphrase and nobody to ask is named', { skip }, async () => {
  await using server = await startSshd();
  useKey(server, canary);
  await assert.rejects(
    enters(server, server.place()),
    fails('denied', /id_ed25519 has a passphrase.*ssh-add/),
  );
});

test('a wrong passphrase is asked for again, and never said', { skip }, async () => {
  await using server = await startSshd();
  useKey(server, 'right');
  const { asked, ask } = asker({ id_ed25519: canary });
  await assert.rejects(enters(server, server.place(), { ask }), (error: TransferError) => {
    assert.doesNotMatch(`${error.stack} ${error.hint} ${(error.cause as Error)?.stack}`, new RegExp(canary));
    return fails('denied', /cannot sign with .*id_ed25519/)(error);
  });
  assert.equal(asked.length, 3);
});

test('who does not want to answer is not asked again', { skip }, async () => {
  await using server = await startSshd();
  useKey(server, 'right');
  const ask = async () => {
    throw new TransferError('stopped', 'stopped at a question');
  };
  await assert.rejects(enters(server, server.place(), { ask }), fails('stopped', /at a question/));
});

test('a private key that others may read is not used', { skip }, async () => {
  await using server = await startSshd();
  fs.chmodSync(join(server.home, '.ssh/id_ed25519'), 0o644);
  await assert.rejects(
    enters(server, server.place()),
    fails('denied', /id_ed25519 may be read by others: chmod 600/),
  );
});

test('a host that takes none of our keys says what it takes', { skip }, async () => {
  await using server = await startSshd();
  fs.writeFileSync(join(server.home, 'authorized_keys'), '');
  await assert.rejects(enters(server, server.place()), fails('denied', /tried a key; it takes publickey/));
});

test('an agent opens a host, with the key that the configuration names first', { skip }, async () => {
  await using server = await startSshd({ options: ['MaxAuthTries 2'] });
  const key = useKey(server, canary);
  await using agent = await startAgent(server.home);
  const asked = join(server.home, 'askpass');
  fs.writeFileSync(asked, `#!/bin/sh\necho ${canary}\n`, { mode: 0o700 });
  for (const at of [1, 2, 3, 4]) {
    makeKey(join(server.home, `other${at}`));
    agent.add([join(server.home, `other${at}`)], asked);
  }
  agent.add([key], asked);
  await enters(server, server.place(), { agentSocket: agent.socket });
  const elsewhere = join(server.home, 'away');
  fs.renameSync(key, elsewhere);
  fs.renameSync(`${key}.pub`, `${elsewhere}.pub`);
  await assert.rejects(
    enters(server, server.place(), { agentSocket: agent.socket }),
    fails('denied', /too many keys|does not let us in/),
  );
  fs.writeFileSync(join(server.home, '.ssh/config'), `IdentityFile ${elsewhere}\nIdentitiesOnly yes\n`);
  await enters(server, server.place(), { agentSocket: agent.socket });
});

test('an agent that is gone is named, and files are tried', { skip }, async () => {
  await using server = await startSshd();
  await enters(server, server.place(), { agentSocket: join(server.home, 'nothing') });
  fs.rmSync(join(server.home, '.ssh/id_ed25519'));
  await assert.rejects(
    enters(server, server.place(), { agentSocket: join(server.home, 'nothing') }),
    fails('denied', /the agent at .* does not answer/),
  );
});

test('an agent that never answers is given up, and files are tried', { skip, timeout: 60_000 }, async () => {
  await using server = await startSshd();
  const agentSocket = join(server.home, 'silent');
  const silent = createServer((socket) => socket.resume()).listen(agentSocket);
  await once(silent, 'listening');
  await enters(server, server.place(), { agentSocket });
  await new Promise((resolve) => silent.close(resolve)); // which nobody is connected to any more
});

const takesPassword = (auth: AuthContext) =>
  auth.method === 'password' && auth.password === canary ? auth.accept() : auth.reject(['password']);

test('a password opens a host', { skip }, async () => {
  await using server = await startServer(takesPassword);
  await enters(server, server.place, { password: canary });
  assert.deepEqual(server.tried, ['none', 'password']);
});

test('a password is asked for, three times at most', { skip }, async () => {
  await using server = await startServer(takesPassword);
  const right = asker({ 'password of you@': canary });
  await enters(server, server.place, { ask: right.ask });
  assert.equal(right.asked.length, 1);
  const wrong = asker({});
  await assert.rejects(
    enters(server, server.place, { ask: wrong.ask }),
    fails('denied', /tried the password/),
  );
  assert.equal(wrong.asked.length, 3);
});

test('a wrong password is tried once, and never said', { skip }, async () => {
  await using server = await startServer((auth) => auth.reject(['password', 'keyboard-interactive']));
  await assert.rejects(enters(server, server.place, { password: canary }), (error: TransferError) => {
    assert.doesNotMatch(`${error.stack} ${error.hint} ${(error.cause as Error)?.stack}`, new RegExp(canary));
    return fails('denied', /tried questions, the password; it takes password, keyboard-interactive/)(error);
  });
  assert.deepEqual(server.tried, ['none', 'keyboard-interactive', 'password']);
});

for (const most of [1, 2, 6])
  test(`a host that lets nobody try more than ${most} times is not said to be given keys, but a wrong password`, {
    skip,
  }, async () => {
    const options = [
      `MaxAuthTries ${most}`,
      'PasswordAuthentication yes',
      'KbdInteractiveAuthentication yes',
    ];
    await using server = await startSshd({ options });
    fs.rmSync(join(server.home, '.ssh/id_ed25519'));
    await assert.rejects(
      enters(server, server.place(), { password: canary }),
      fails('denied', /does not let us in: tried .*the password may be wrong/s),
    );
  });

test('a password and then a key, where a host wants both', { skip }, async () => {
  let hasPassword = false;
  await using server = await startServer((auth) => {
    if (auth.method === 'publickey' && hasPassword) return auth.accept();
    if (auth.method !== 'password' || auth.password !== canary) return auth.reject(['password']);
    hasPassword = true;
    auth.reject(['publickey'], true);
  });
  for (const at of ['ed25519', 'ecdsa', 'rsa']) makeKey(join(server.home, `.ssh/id_${at}`), '', at); // too many to be shown before they are asked for
  await enters(server, server.place, { password: canary });
});

function questions(
  auth: AuthContext,
  prompts: readonly (readonly [string, boolean])[],
  right: readonly string[],
): void {
  if (auth.method !== 'keyboard-interactive') return void auth.reject(['keyboard-interactive']);
  const asked = prompts.map(([prompt, echo]) => ({ prompt, echo }));
  auth.prompt(asked, 'login', 'be brief', (answers) => {
    if (answers.join() === right.join()) auth.accept();
    else auth.reject(['keyboard-interactive']);
  });
}

test('questions are answered with the password, and the rest by the person', { skip }, async () => {
  await using server = await startServer((auth) =>
    questions(
      auth,
      [
        ['Password: ', false],
        ['Co\u001b[2Jde: ', true],
      ],
      [canary, '42'],
    ),
  );
  const { asked, ask } = asker({ 'de:': '42' });
  await enters(server, server.place, { password: canary, ask });
  assert.equal(asked.length, 1);
  assert.match(asked[0]!, /^you@127\.0\.0\.1:\d+: Co\\033\[2Jde:$/);
});

test('questions without anybody to ask are answered with the password alone', { skip }, async () => {
  await using server = await startServer((auth) => questions(auth, [['Password: ', false]], [canary]));
  await enters(server, server.place, { password: canary });
  assert.deepEqual(server.tried, ['none', 'keyboard-interactive']);
});

test('a key and then a password, where a host wants both', { skip }, async () => {
  let hasKey = false;
  await using server = await startServer((auth) => {
    if (auth.method === 'publickey' && !auth.signature) return auth.accept();
    if (auth.method === 'publickey') {
      hasKey = true;
      return auth.reject(['password'], true);
    }
    if (auth.method === 'password' && hasKey && auth.password === canary) return auth.accept();
    auth.reject(['publickey']);
  });
  makeKey(join(server.home, '.ssh/id_ed25519'));
  await enters(server, server.place, { password: canary });
});
