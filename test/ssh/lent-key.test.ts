import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { certificateIn, certified } from '../../src/ssh/proof/certificate.ts';
import { identitiesIn, readPublic } from '../../src/ssh/proof/identity.ts';
import type { Signer } from '../../src/ssh/proof/signers.ts';
import { lendKey } from '../../src/ssh/straight/lent-key.ts';
import { field, number } from '../../src/ssh/wire.ts';
import { needs } from '../peer.ts';
import { certify, makeKey, type Sshd, startSshd } from './sshd.ts';

// OpenSSH's own programs are let loose on the agent.

const skip = needs('sshd', 'ssh');

type Tried = { readonly code: number; readonly said: string };
type Lent = AsyncDisposable & {
  readonly into: (server: Sshd, user?: string) => Promise<Tried>;
  readonly run: (command: string, ...args: readonly string[]) => Promise<Tried>;
};

/** A key that lets us into a server, behind a socket as a forwarded agent is. */
async function lend(
  server: Sshd,
  signatures: number,
  keyPath = join(server.home, '.ssh/id_ed25519'),
): Promise<Lent> {
  const [identity] = await identitiesIn([keyPath]);
  assert.ok(identity?.kind === 'open');
  const { key: plain } = identity;
  const certificate = certificateIn(readPublic(`${keyPath}-cert.pub`));
  const key = certificate ? certified(plain, certificate) : plain;
  const sign: Signer['sign'] = async (data, hash) => plain.sign(data, hash) as Buffer;
  const { user, host, port } = server.place();
  const hostKey = Buffer.from(server.hostKey.split(' ')[1]!, 'base64');
  const signer = { key, label: 'key', isOpen: true, sign };
  const lent = lendKey({ user: user!, host, port: port!, hostKey, signer }, signatures);
  const path = join(server.home, 'agent');
  const agents = createServer((socket) => void socket.pipe(lent.open()).pipe(socket)).listen(path);
  await once(agents, 'listening');
  const run = async (command: string, ...args: readonly string[]) => {
    const env = { ...process.env, SSH_AUTH_SOCK: path };
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = Promise.all(
      [child.stdout, child.stderr].map((stream) => stream.setEncoding('utf8').toArray()),
    );
    const [code] = (await once(child, 'close')) as [number];
    return { code, said: (await said).flat().join('') };
  };
  const quiet = 'BatchMode=yes,StrictHostKeyChecking=no,UserKnownHostsFile=/dev/null,IdentityFile=none'.split(
    ',',
  );
  const options = ['-F', 'none', '-T', ...quiet.flatMap((option) => ['-o', option])];
  return {
    run,
    into: (to, name = user!) =>
      run('ssh', ...options, '-p', `${to.port}`, '-l', name, '127.0.0.1', 'echo in'),
    [Symbol.asyncDispose]: async () => {
      agents.close();
      await once(agents, 'close');
    },
  };
}

describe('lendKey()', { skip }, () => {
  for (const type of ['ed25519', 'ecdsa', 'rsa'])
    test(`lets ssh into the host with a key of type ${type} as often as it may, and not once more`, async () => {
      await using server = await startSshd();
      const path = join(server.home, 'key');
      makeKey(path, '', type);
      fs.copyFileSync(`${path}.pub`, join(server.home, 'authorized_keys'));
      await using lent = await lend(server, 2, path);
      const tried = [await lent.into(server), await lent.into(server), await lent.into(server)];
      assert.deepEqual(
        tried.map(({ code }) => code),
        [0, 0, 255],
      );
      assert.match(tried[2]!.said, /Permission denied/);
    });

  for (const type of ['ed25519', 'ecdsa', 'rsa'])
    test(`lets ssh into the host with the certificate of a key of type ${type}`, async () => {
      const authority = fs.mkdtempSync('/tmp/difpipe-ca-');
      try {
        makeKey(join(authority, 'ca'));
        await using server = await startSshd({ options: [`TrustedUserCAKeys ${authority}/ca.pub`] });
        fs.writeFileSync(join(server.home, 'authorized_keys'), '');
        const path = join(server.home, 'key');
        makeKey(path, '', type);
        certify(authority, ['-n', server.access.userName, `${path}.pub`]);
        await using lent = await lend(server, 1, path);
        assert.equal((await lent.into(server)).code, 0);
      } finally {
        fs.rmSync(authority, { recursive: true });
      }
    });

  for (const type of ['ecdsa', 'rsa'])
    test(`knows the signature of a host key of type ${type}`, async () => {
      await using server = await startSshd();
      fs.rmSync(join(server.home, 'host_key'));
      makeKey(join(server.home, 'host_key'), '', type);
      await server.kill();
      await server.restart();
      const hostKey = fs.readFileSync(join(server.home, 'host_key.pub'), 'utf8').trim();
      await using lent = await lend({ ...server, hostKey }, 1);
      assert.equal((await lent.into(server)).code, 0);
    });

  test('signs for no other host, no other user, and nothing else', async () => {
    await using server = await startSshd();
    await using other = await startSshd();
    fs.copyFileSync(join(server.home, 'authorized_keys'), join(other.home, 'authorized_keys'));
    await using lent = await lend(server, 1);
    assert.equal((await lent.into(other)).code, 255);
    assert.doesNotMatch(other.log(), /Accepted/);
    assert.equal((await lent.into(server, 'nobody')).code, 255);
    const file = join(server.home, 'text');
    fs.writeFileSync(file, 'text');
    const key = join(server.home, '.ssh/id_ed25519.pub');
    assert.notEqual((await lent.run('ssh-keygen', '-Y', 'sign', '-f', key, '-n', 'file', file)).code, 0);
    assert.match((await lent.run('ssh-add', '-L')).said, /^ssh-ed25519 /);
    assert.notEqual((await lent.run('ssh-add', '-D')).code, 0);
    assert.equal((await lent.into(server)).code, 0, 'none of that used up the one signature');
  });

  test('takes no word of a host for its signature', async () => {
    await using server = await startSshd();
    const [identity] = await identitiesIn([join(server.home, '.ssh/id_ed25519')]);
    assert.ok(identity?.kind === 'open');
    const { key } = identity;
    const hostKey = Buffer.from(server.hostKey.split(' ')[1]!, 'base64');
    const signer = {
      key,
      label: 'key',
      isOpen: true,
      sign: async (data: Buffer) => key.sign(data) as Buffer,
    };
    const agent = lendKey({ user: 'u', host: 'h', port: 22, hostKey, signer }, 1).open();
    const session = Buffer.alloc(32, 7);
    const signature = Buffer.concat([field('ssh-ed25519'), field(Buffer.alloc(64))]);
    const bond = [
      field('session-bind@openssh.com'),
      field(hostKey),
      field(session),
      field(signature),
      Buffer.of(0),
    ];
    const login = ['u', 'ssh-connection', 'publickey'].map(field);
    const blob = field(key.getPublicSSH());
    const data = [field(session), Buffer.of(50), ...login, Buffer.of(1), field('ssh-ed25519'), blob];
    const sign = [blob, field(Buffer.concat(data)), number(0)];
    for (const message of [
      [Buffer.of(27), ...bond],
      [Buffer.of(13), ...sign],
    ])
      agent.write(field(Buffer.concat(message)));
    agent.end();
    assert.deepEqual(
      Buffer.concat(await agent.toArray()),
      Buffer.concat([field(Buffer.of(5)), field(Buffer.of(5))]),
    );
  });
});
