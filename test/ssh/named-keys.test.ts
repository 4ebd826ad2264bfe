// Keys that ssh_config names, of which not all is where it says.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { program } from '../built.ts';
import { needs } from '../peer.ts';
import '../surroundings.ts';
import { enters, startAgent } from './enters.ts';
import { fails } from './fails.ts';
import { configure, makeKey, startSshd } from './sshd.ts';

const skip = needs('sshd', 'ssh');

/** What is done to the key once an agent has it; gives the path that the configuration names. */
const ways: Readonly<Record<string, (key: string) => string>> = {
  'as its public half': (key) => {
    fs.rmSync(key);
    return `${key}.pub`;
  },
  'as its private half, which is with the agent alone': (key) => {
    fs.rmSync(key);
    return key;
  },
  'as a file that others may read': (key) => {
    fs.chmodSync(key, 0o644);
    return key;
  },
};

for (const [title, named] of Object.entries(ways))
  test(`the key of an agent that IdentityFile names ${title} opens a host, and no other is shown`, {
    skip,
  }, async () => {
    await using server = await startSshd({ options: ['MaxAuthTries 2'] });
    await using agent = await startAgent(server.home);
    const key = join(server.home, '.ssh/id_ed25519');
    for (const at of [1, 2, 3]) {
      makeKey(join(server.home, `other${at}`));
      agent.add([join(server.home, `other${at}`)]);
    }
    agent.add([key]);
    configure(server, `IdentityFile ${named(key)}`, 'IdentitiesOnly yes');
    await enters(server, server.place(), { agentSocket: agent.socket });
  });

test('a key that IdentityFile names and that is not there is named, and so is what to try', {
  skip,
}, async () => {
  await using server = await startSshd();
  configure(server, 'IdentityFile ~/.ssh/nothing', 'IdentityFile ~/.ssh/id_ed25519');
  await enters(server, server.place());
  fs.writeFileSync(join(server.home, 'authorized_keys'), '');
  await assert.rejects(
    enters(server, server.place()),
    fails('denied', /there is no .*nothing, which IdentityFile names/),
  );
  configure(server, 'Host there', 'HostName 127.0.0.1', `Port ${server.port}`, `User ${server.place().user}`);
  const { user, port } = server.place();
  await assert.rejects(
    enters(server, server.place()),
    fails('denied', new RegExp(`see whether ssh -p ${port} ${user}@127.0.0.1 works`)),
  );
  fs.writeFileSync(join(server.home, '.ssh/known_hosts'), `there,[127.0.0.1]:${port} ${server.hostKey}\n`);
  await assert.rejects(
    enters(server, { ...server.place(), host: 'there', user: undefined, port: undefined }),
    fails('denied', /see whether ssh there works/),
  );
});

test('nobody waits for what might be written to a FIFO that is named as a key', { skip }, async () => {
  await using server = await startSshd();
  for (const name of ['key', 'key.pub', 'key-cert.pub'])
    execFileSync('mkfifo', ['-m', '600', join(server.home, name)]);
  configure(server, 'IdentityFile ~/key');
  const { user, port } = server.place();
  const [command, ...words] = [...program, 'ls', `ssh://${user}@127.0.0.1:${port}/`];
  const { status, stderr } = spawnSync(command!, words, {
    env: { ...process.env, HOME: server.home, SSH_AUTH_SOCK: '' },
    encoding: 'utf8',
    timeout: 120_000,
  });
  assert.equal(status, 1, stderr);
  assert.match(stderr, /does not let us in.*key is no file/);
});
