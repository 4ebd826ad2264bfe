import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openHost } from '../../src/ssh/host.ts';
import { hashName, knownKeys, knownTypes, verdictOn } from '../../src/ssh/proof/known-hosts.ts';
import { needs } from '../peer.ts';
import { fails } from './fails.ts';
import { makeKey, type Sshd, startSshd } from './sshd.ts';

const skip = needs('sshd', 'ssh');
const never = new AbortController().signal;

test('verdictOn() reads what ssh writes', () => {
  const salted = hashName('hashed', Buffer.from('0123456789abcdefghij'));
  const known = knownKeys(`
# a comment
plain,other ssh-ed25519 AAAA a comment
[host]:2222 ssh-rsa BBBB
*.example.org,!bad.example.org ssh-rsa CCCC
${salted} ecdsa-sha2-nistp256 DDDD\r
@revoked plain ssh-ed25519 RRRR
@cert-authority elsewhere ssh-rsa EEEE
@unknown plain ssh-rsa FFFF
nonsense
`);
  const table = [
    ['AAAA', ['plain'], 'known'],
    ['AAAA', ['other'], 'known'],
    ['BBBB', ['plain'], 'changed'],
    ['RRRR', ['plain'], 'revoked'],
    ['BBBB', ['[host]:2222', 'host'], 'known'],
    ['BBBB', ['host'], 'unknown'],
    ['AAAA', ['[plain]:2222', 'plain'], 'known'],
    ['BBBB', ['[plain]:2222', 'plain'], 'unknown'],
    ['CCCC', ['a.example.org'], 'known'],
    ['CCCC', ['bad.example.org'], 'unknown'],
    ['CCCC', ['example.org'], 'unknown'],
    ['DDDD', ['hashed'], 'known'],
    ['DDDD', ['hashes'], 'unknown'],
    ['EEEE', ['elsewhere'], 'certified'],
    ['AAAA', ['elsewhere'], 'certified'],
    ['FFFF', ['plain'], 'changed'],
  ] as const;
  for (const [key, names, verdict] of table)
    assert.equal(verdictOn(key, names, known), verdict, `${key} ${names}`);
  assert.deepEqual(knownTypes(['[plain]:2222', 'plain'], known), ['ssh-ed25519']);
});

function knownHosts(server: Sshd): string {
  return join(server.home, '.ssh/known_hosts');
}

async function connects(server: Sshd, acceptNewHostKeys = false): Promise<void> {
  await using _host = await openHost(server.place(), { ...server.access, acceptNewHostKeys }, never);
}

test('an unknown host is refused with its fingerprint, before it hears who we are', { skip }, async () => {
  await using server = await startSshd();
  fs.writeFileSync(knownHosts(server), '');
  const print = execFileSync('ssh-keygen', ['-lf', join(server.home, 'host_key.pub')], {
    encoding: 'utf8',
  }).split(' ')[1]!;
  await assert.rejects(connects(server), fails('refused', new RegExp(RegExp.escape(`ssh-ed25519 ${print}`))));
  await assert.rejects(connects(server), fails('refused', /--accept-new-host-keys/));
  assert.equal(fs.readFileSync(knownHosts(server), 'utf8'), '');
  assert.doesNotMatch(server.log(), /user|publickey/);
});

test('a new host is remembered once, however many connections are made at once', { skip }, async () => {
  await using server = await startSshd();
  fs.writeFileSync(knownHosts(server), '');
  const access = { ...server.access, acceptNewHostKeys: true };
  await using host = await openHost(server.place(), access, never, { connections: () => 4 });
  const heavy = () => host.run('cat', [], never, { isHeavy: true });
  for (const far of await Promise.all([heavy(), heavy(), heavy(), heavy()])) await far[Symbol.asyncDispose]();
  assert.equal(server.sessions().length, 4);
  assert.equal(fs.readFileSync(knownHosts(server), 'utf8').trim().split('\n').length, 1);
});

test('--accept-new-host-keys remembers a new key, on a line of its own, in a file of ours alone', {
  skip,
}, async () => {
  await using server = await startSshd();
  fs.writeFileSync(join(server.home, '.ssh/config'), 'HashKnownHosts no\n');
  fs.writeFileSync(knownHosts(server), 'elsewhere ssh-rsa AAAA');
  await connects(server, true);
  assert.equal(
    fs.readFileSync(knownHosts(server), 'utf8'),
    `elsewhere ssh-rsa AAAA\n[127.0.0.1]:${server.port} ${server.hostKey}\n`,
  );
  await connects(server);
  fs.rmSync(join(server.home, '.ssh/known_hosts'));
  await connects(server, true);
  assert.equal(fs.statSync(knownHosts(server)).mode & 0o777, 0o600);
});

test('a changed key is always refused', { skip }, async () => {
  await using server = await startSshd();
  makeKey(join(server.home, 'other'));
  const other = fs.readFileSync(join(server.home, 'other.pub'), 'utf8');
  for (const line of [other, 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ==']) {
    fs.writeFileSync(knownHosts(server), `[127.0.0.1]:${server.port} ${line}`);
    await assert.rejects(connects(server, true), fails('refused', /has changed/));
  }
  assert.doesNotMatch(server.log(), /user|publickey/);
});

test('a revoked key is always refused', { skip }, async () => {
  await using server = await startSshd();
  fs.appendFileSync(knownHosts(server), `@revoked * ${server.hostKey}\n`);
  await assert.rejects(connects(server, true), fails('refused', /revoked/));
});

test('a key that RevokedHostKeys lists is refused, as by ssh, and so is any where that cannot be read', {
  skip,
}, async () => {
  await using server = await startSshd();
  const list = join(server.home, 'revoked');
  const own = join(server.home, 'own.pub');
  fs.writeFileSync(own, `${server.hostKey}\n`);
  fs.writeFileSync(join(server.home, '.ssh/config'), `RevokedHostKeys ${list}\n`);
  makeKey(join(server.home, 'other'));
  const made = (flags: string[], ...keys: string[]) =>
    execFileSync('ssh-keygen', ['-q', '-k', ...flags, '-f', list, ...keys], { stdio: 'ignore' });
  const others = ['', '# nobody\n', fs.readFileSync(join(server.home, 'other.pub'))];
  for (const text of others) {
    fs.writeFileSync(list, text);
    await connects(server);
  }
  const refused = /is marked as revoked/;
  fs.appendFileSync(list, fs.readFileSync(own));
  await assert.rejects(connects(server, true), fails('refused', refused));
  made([], join(server.home, 'other.pub'));
  await connects(server);
  for (const by of ['key', 'sha1', 'sha256']) {
    const spec = join(server.home, by);
    fs.writeFileSync(spec, `${by}: ${server.hostKey}\n`);
    made([], join(server.home, 'other.pub'), spec);
    await assert.rejects(connects(server, true), fails('refused', refused), by);
  }
  fs.truncateSync(list, fs.statSync(list).size - 1);
  await assert.rejects(connects(server), fails('refused', /cannot read the revoked keys in .*no sense/));
  fs.rmSync(list);
  await assert.rejects(connects(server), fails('refused', /cannot read the revoked keys in .*no such file/));
  assert.doesNotMatch(server.log(), /no matching/);
});

test('names that ssh-keygen hashed are known, and hashed ones written are known to ssh', {
  skip,
}, async () => {
  await using server = await startSshd();
  execFileSync('ssh-keygen', ['-H', '-f', knownHosts(server)], { stdio: 'ignore' });
  await connects(server);
  fs.rmSync(knownHosts(server));
  fs.writeFileSync(join(server.home, '.ssh/config'), 'HashKnownHosts yes\n');
  await connects(server, true);
  const found = execFileSync('ssh-keygen', ['-F', `[127.0.0.1]:${server.port}`, '-f', knownHosts(server)], {
    encoding: 'utf8',
  });
  assert.match(found, new RegExp(RegExp.escape(server.hostKey)));
});

test('a host with several keys is asked for the one it is known by', { skip }, async () => {
  await using server = await startSshd();
  await server.kill();
  makeKey(join(server.home, 'rsa_key'), '', 'rsa');
  fs.appendFileSync(join(server.home, 'sshd_config'), `HostKey ${server.home}/rsa_key\n`);
  await server.restart();
  const [type, key] = fs.readFileSync(join(server.home, 'rsa_key.pub'), 'utf8').split(' ');
  fs.writeFileSync(knownHosts(server), `[127.0.0.1]:${server.port} ${type} ${key}\n`);
  await connects(server);
});

test('a host that only a certificate authority makes known is refused, which is said', { skip }, async () => {
  await using server = await startSshd();
  fs.writeFileSync(knownHosts(server), `@cert-authority * ${server.hostKey}\n`);
  await assert.rejects(
    connects(server),
    fails('refused', /by a certificate authority only, which is not supported/),
  );
  await connects(server, true);
  await connects(server); // by its own key, now
});
