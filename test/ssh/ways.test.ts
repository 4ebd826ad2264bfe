// Ways to a host: through others, through a program, and ways that fail.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { openHost } from '../../src/ssh/host.ts';
import { needs } from '../peer.ts';
import { fails } from './fails.ts';
import { configure, type Sshd, startSshd } from './sshd.ts';

const skip = needs('sshd', 'ssh');
const never = new AbortController().signal;

async function says(server: Sshd, access = server.access): Promise<string> {
  await using host = await openHost(server.place(), access, never);
  await using far = await host.run('echo "$SSH_CONNECTION"', [], never);
  return await text(far.stdout);
}

/** Lets the keys of one server's home open the other, and its host key be known there. */
function befriend(from: Sshd, to: Sshd): void {
  fs.appendFileSync(
    join(to.home, 'authorized_keys'),
    fs.readFileSync(join(from.home, '.ssh/id_ed25519.pub')),
  );
  fs.appendFileSync(join(from.home, '.ssh/known_hosts'), `[127.0.0.1]:${to.port} ${to.hostKey}\n`);
}

test('ProxyJump leads through other hosts, each with its own key and configuration', { skip }, async () => {
  await using server = await startSshd();
  await using second = await startSshd();
  await using first = await startSshd();
  befriend(server, second);
  befriend(server, first);
  configure(
    server,
    'Host one',
    'HostName 127.0.0.1',
    `Port ${first.port}`,
    `Host 127.0.0.1`,
    `ProxyJump one,127.0.0.1:${second.port}`,
  );
  assert.match(await says(server), new RegExp(`127\\.0\\.0\\.1 ${server.port}$`, 'm'));
  assert.match(first.log(), /Accepted publickey/);
  assert.match(second.log(), /Accepted publickey/);
  fs.writeFileSync(join(server.home, '.ssh/known_hosts'), `[127.0.0.1]:${server.port} ${server.hostKey}\n`);
  await assert.rejects(
    says(server),
    fails('refused', new RegExp(`127\\.0\\.0\\.1:${first.port} is not known`)),
  );
});

test('ProxyJump that leads in a circle is refused', { skip }, async () => {
  await using server = await startSshd();
  configure(server, 'Host *', 'ProxyJump 127.0.0.1');
  await assert.rejects(says(server), fails('usage', /more than 8 hosts/));
});

test('a jump that dies takes what goes through it along, as transient', { skip }, async () => {
  await using server = await startSshd();
  await using first = await startSshd();
  befriend(server, first);
  configure(
    server,
    'Host one',
    'HostName 127.0.0.1',
    `Port ${first.port}`,
    'Host 127.0.0.1',
    'ProxyJump one',
  );
  await using host = await openHost(server.place(), server.access, never);
  await using far = await host.run('cat', [], never);
  const failed = assert.rejects(text(far.stdout), fails('transient'));
  await first.kill();
  await failed;
});

const relay = 'exec 3<>/dev/tcp/%h/%p; cat <&3 & cat >&3; kill $!';

test('ProxyCommand is a program between', { skip }, async () => {
  await using server = await startSshd();
  configure(server, `ProxyCommand env BASH_ENV= bash --norc -c '${relay}'`);
  assert.match(await says(server), new RegExp(` ${server.port}$`, 'm'));
});

test('a ProxyCommand that fails is quoted', { skip }, async () => {
  await using server = await startSshd();
  configure(server, 'ProxyCommand echo no way to %h >&2');
  await assert.rejects(says(server), fails('transient', /no way to 127\.0\.0\.1/));
});

test('a ProxyCommand that leaves a process behind is not waited for', { skip }, async () => {
  await using server = await startSshd();
  const pid = join(server.home, 'pid');
  configure(server, `ProxyCommand sh -c 'sleep 100 & echo $! >${pid}; echo gave up >&2; exit 1'`);
  await assert.rejects(says(server), fails('transient', /gave up/));
  process.kill(Number(fs.readFileSync(pid, 'utf8')));
});

test('nothing that a host is called runs anything', { skip }, async () => {
  await using server = await startSshd();
  const trap = join(server.home, 'trap');
  configure(server, 'ProxyCommand nc %h %p');
  for (const host of ['-oProxyCommand=x', `$(touch ${trap})`, `x;touch ${trap}`, `\`touch ${trap}\``]) {
    await assert.rejects(openHost({ ...server.place(), host }, server.access, never), fails('usage'));
    await assert.rejects(openHost({ ...server.place(), user: host }, server.access, never), fails('usage'));
  }
  assert.equal(fs.existsSync(trap), false);
});

test('a port where nothing answers, and a name that nobody has', { skip }, async () => {
  await using server = await startSshd();
  await server.kill();
  await assert.rejects(says(server), fails('io', /nothing answers/));
  const nowhere = { ...server.place(), host: 'nowhere.invalid' };
  await assert.rejects(openHost(nowhere, server.access, never), (error) =>
    fails(
      (error as { kind: 'missing' | 'transient' }).kind === 'missing' ? 'missing' : 'transient',
      /nowhere\.invalid/,
    )(error),
  );
});

test('a server that says nothing is given up on', { skip }, async () => {
  await using server = await startSshd();
  const mute = createServer((socket) => void socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  await once(mute, 'listening');
  configure(server, 'ConnectTimeout 1');
  const { port } = mute.address() as { port: number };
  await assert.rejects(
    openHost({ ...server.place(), port }, server.access, never),
    fails('io', /no answer within 1 s/),
  );
  mute.close();
});

test('a line that goes dead is noticed, and all on it fails as transient', { skip }, async () => {
  await using server = await startSshd();
  configure(server, 'ServerAliveInterval 1');
  await using host = await openHost(server.place(), server.access, never);
  await using far = await host.run('cat', [], never);
  const failed = [text(far.stdout), far.ended].map((promise) =>
    assert.rejects(promise, fails('transient', /silent/)),
  );
  const stopped = server.sessions();
  for (const pid of stopped) process.kill(pid, 'SIGSTOP');
  await Promise.all(failed);
  for (const pid of stopped) process.kill(pid, 'SIGCONT');
  assert.equal((await says(server)).length > 0, true);
});

test('an abort ends a program at the far end', { skip }, async () => {
  await using server = await startSshd();
  await using host = await openHost(server.place(), server.access, never);
  const stop = new AbortController();
  await using far = await host.run('echo "$$"; exec cat', [], stop.signal);
  const [pid] = (await once(far.stdout, 'data')) as [Buffer];
  const reason = new Error('enough');
  stop.abort(reason);
  await assert.rejects(far.ended, reason);
  await assert.rejects(text(far.stdout), reason);
  await far[Symbol.asyncDispose]();
  const at = `/proc/${Number(pid.toString())}/stat`;
  for (let look = 0; look < 200 && fs.existsSync(at); look++)
    await new Promise((next) => setTimeout(next, 10));
  assert.equal(fs.existsSync(at), false);
});

test('an aborted openHost() leaves nothing behind', { skip }, async () => {
  await using server = await startSshd();
  for (const ms of [0, 5, 20, 60, 100]) {
    await openHost(server.place(), server.access, AbortSignal.timeout(ms)).then(
      (host) => host[Symbol.asyncDispose](),
      (error: Error) => assert.equal(error.name, 'TimeoutError'),
    );
  }
});

test('what Ciphers, MACs and KexAlgorithms of ssh_config say is what is spoken', { skip }, async () => {
  await using server = await startSshd({ options: ['LogLevel DEBUG1'] });
  configure(
    server,
    'Ciphers aes256-ctr',
    'MACs hmac-sha2-512',
    'KexAlgorithms sntrup761x25519-sha512,ecdh-sha2-nistp384',
  );
  await says(server);
  assert.match(server.log(), /kex: algorithm: ecdh-sha2-nistp384/);
  assert.match(server.log(), /kex: client->server cipher: aes256-ctr MAC: hmac-sha2-512 /);
  configure(server, 'Ciphers 3des-cbc');
  await assert.rejects(says(server), fails('unsupported', /no matching C->S cipher/));
});
