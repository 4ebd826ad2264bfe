import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { enters, startAgent } from './enters.ts';
import { fails } from './fails.ts';
import { certify, configure, makeKey, type Sshd, startSshd } from './sshd.ts';

type Certified = AsyncDisposable & {
  readonly server: Sshd;
  readonly key: string;
  readonly authority: string;
};

/** A server that believes an authority, and nobody's plain key; the key has a certificate beside it. */
async function certified({ type = 'ed25519', passphrase = '', valid = '+1h' } = {}): Promise<Certified> {
  const authority = fs.mkdtempSync('/tmp/difpipe-ca-');
  makeKey(join(authority, 'ca'));
  const server = await startSshd({ options: [`TrustedUserCAKeys ${authority}/ca.pub`] });
  const key = join(server.home, '.ssh', `id_${type}`);
  for (const half of ['id_ed25519', 'id_ed25519.pub']) fs.rmSync(join(server.home, '.ssh', half));
  makeKey(key, passphrase, type);
  fs.writeFileSync(join(server.home, 'authorized_keys'), '');
  certify(authority, ['-n', server.access.userName, '-V', valid, `${key}.pub`]);
  return {
    server,
    key,
    authority,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      fs.rmSync(authority, { recursive: true });
    },
  };
}

describe('a certificate of a user', { skip: needs('sshd', 'ssh') }, () => {
  for (const type of ['ed25519', 'ecdsa', 'rsa'])
    test(`opens a host, beside a key of type ${type}`, async () => {
      await using made = await certified({ type });
      await enters(made.server, made.server.place());
    });

  test('opens a host where CertificateFile names it', async () => {
    await using made = await certified();
    fs.renameSync(`${made.key}-cert.pub`, join(made.authority, 'cert'));
    await assert.rejects(enters(made.server, made.server.place()), fails('denied'));
    configure(made.server, `CertificateFile ${made.authority}/cert`);
    await enters(made.server, made.server.place());
    configure(made.server, 'CertificateFile /nothing', `CertificateFile ${made.authority}/cert`);
    await enters(made.server, made.server.place());
  });

  test('goes with a key whose passphrase is asked for once', async () => {
    await using made = await certified({ passphrase: 'right' });
    const asked: string[] = [];
    const ask = async (question: string) => {
      asked.push(question);
      return 'right';
    };
    await enters(made.server, made.server.place(), { ask });
    assert.equal(asked.length, 1);
  });

  test('goes with a key that an agent has', async () => {
    await using made = await certified();
    await using agent = await startAgent(made.server.home);
    fs.renameSync(`${made.key}-cert.pub`, join(made.authority, 'cert'));
    agent.add([made.key]);
    fs.rmSync(made.key);
    configure(made.server, `CertificateFile ${made.authority}/cert`);
    await enters(made.server, made.server.place(), { agentSocket: agent.socket });
  });

  for (const type of ['ed25519', 'ecdsa', 'rsa'])
    test(`may be in an agent alone, for a key of type ${type}`, async () => {
      await using made = await certified({ type });
      await using agent = await startAgent(made.server.home);
      agent.add([made.key]);
      fs.rmSync(`${made.key}-cert.pub`);
      agent.add(['-d', made.key]); // the plain one, where no certificate lies beside it
      for (const file of fs.readdirSync(join(made.server.home, '.ssh')))
        if (file.startsWith('id_')) fs.rmSync(join(made.server.home, '.ssh', file));
      await enters(made.server, made.server.place(), { agentSocket: agent.socket });
    });

  test('in a file and in an agent is one try', async () => {
    await using made = await certified({ valid: '20200101:20200102' });
    await using agent = await startAgent(made.server.home);
    agent.add([made.key]);
    const entering = enters(made.server, made.server.place(), { agentSocket: agent.socket });
    await assert.rejects(entering, fails('denied', /tried 2 keys/)); // it and the plain one
  });

  test('that is of no use is said to be so where nothing lets us in', async () => {
    await using made = await certified({ valid: '20200101:20200102' });
    const refused = (words: RegExp) =>
      assert.rejects(enters(made.server, made.server.place()), fails('denied', words));
    await refused(/the certificate \S*-cert\.pub was good until 2020-01-0/);
    certify(made.authority, ['-h', `${made.key}.pub`]);
    await refused(/-cert\.pub is no certificate of a user/);
    makeKey(join(made.authority, 'other'));
    certify(made.authority, [join(made.authority, 'other.pub')]);
    fs.copyFileSync(join(made.authority, 'other-cert.pub'), `${made.key}-cert.pub`);
    await refused(/there is no key for the certificate \S*-cert\.pub/);
    fs.writeFileSync(`${made.key}-cert.pub`, fs.readFileSync(`${made.key}.pub`));
    await refused(/-cert\.pub is no certificate of a user/);
  });

  test('that nobody believes does not keep the plain key out', async () => {
    await using made = await certified({ valid: '20200101:20200102' });
    fs.copyFileSync(`${made.key}.pub`, join(made.server.home, 'authorized_keys'));
    await enters(made.server, made.server.place());
  });
});
