import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import { openHost } from '../../src/ssh/host.ts';
import { isUnixOpenSsh } from '../../src/ssh/quick/sessions.ts';
import { needs } from '../peer.ts';
import { fails } from './fails.ts';
import { startSshd } from './sshd.ts';

const skip = needs('sshd', 'ssh');
const never = new AbortController().signal;
test('openHost() runs a script with bytes for arguments, and says how it ended', { skip }, async () => {
  await using server = await startSshd();
  await using host = await openHost(server.place(), server.access, never);
  assert.match(host.name, new RegExp(`@127\\.0\\.0\\.1:${server.port}$`));
  assert.ok(host.roundTripMs! < 1000);
  const args = [Buffer.from("it's $HOME `x` !1 \\ \n\n"), Buffer.from([0xff, 0x27, 0x0a]), Buffer.alloc(0)];
  await using far = await host.run('printf "%s|" "$@"; cat; echo oops >&2; exit 3', args, never);
  far.stdin.end('input');
  assert.deepEqual(
    await buffer(far.stdout),
    Buffer.concat([args[0]!, Buffer.from('|'), args[1]!, Buffer.from('||input')]),
  );
  assert.deepEqual(await far.ended, { code: 3, signal: undefined });
  assert.equal(far.complaint(), 'oops');
});

test('run() carries much both ways', { skip }, async () => {
  await using server = await startSshd();
  await using host = await openHost(server.place(), server.access, never);
  await using far = await host.run('cat', [], never);
  const chunk = Buffer.alloc(1 << 20, 7);
  let bytes = 0;
  await Promise.all([
    pipeline(Readable.from(Array.from({ length: 64 }, () => chunk)), far.stdin),
    (async () => {
      for await (const got of far.stdout) bytes += (got as Buffer).length;
    })(),
  ]);
  assert.equal(bytes, 64 << 20);
  assert.equal((await far.ended).code, 0);
});

test('sftp() gives the bytes of the protocol', { skip }, async () => {
  await using server = await startSshd();
  await using host = await openHost(server.place(), server.access, never);
  await using far = await host.sftp(never);
  far.stdin.write(Buffer.from([0, 0, 0, 5, 1, 0, 0, 0, 3]));
  const [first] = (await once(far.stdout, 'data')) as [Buffer];
  assert.deepEqual([first[4], far.isOpenSsh], [2, true]);
  far.stdin.end();
  await far.ended;
});

test('isUnixOpenSsh() is not what has its name on Windows, where files are renamed in another way', () => {
  const known = (banner: string) => isUnixOpenSsh({ _remoteVer: banner } as never);
  assert.equal(known('OpenSSH_9.2p1 Debian-2'), true);
  for (const other of ['OpenSSH_for_Windows_9.5', 'mod_sftp', 'Go']) assert.equal(known(other), false);
});

test('run() fails as transient when its connection is reset', { skip }, async () => {
  await using server = await startSshd();
  await using host = await openHost(server.place(), server.access, never);
  await using far = await host.run('echo a; sleep 100', [], never);
  const read = text(far.stdout);
  const written = pipeline(Readable.from(forever()), far.stdin);
  const failed = [read, written, far.ended].map((promise) => assert.rejects(promise, fails('transient')));
  await server.kill();
  await Promise.all(failed);
  await server.restart();
  await using again = await host.run('echo b', [], never);
  assert.equal(await text(again.stdout), 'b\n');
});

function* forever(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(1 << 16);
}
