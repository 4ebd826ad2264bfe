// Servers that allow little, or say too much.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { openHost, type SshHost } from '../../src/ssh/host.ts';
import { manyAtOnce, manyOver } from '../../src/ssh/many.ts';
import { needs, sftpServer } from '../peer.ts';
import { fails } from './fails.ts';
import { startSshd } from './sshd.ts';

const skip = needs('sshd', 'ssh');
const never = new AbortController().signal;
const wide = 'MaxStartups 100';

async function say(host: SshHost, word: string): Promise<string> {
  await using far = await host.run('printf %s "$1"', [Buffer.from(word)], never);
  return await text(far.stdout);
}

test('programs that move much have connections of their own, all others share', { skip }, async () => {
  await using server = await startSshd({ options: [wide] });
  await using host = await openHost(server.place(), server.access, never);
  const six = (isHeavy: boolean) =>
    Promise.all(Array.from({ length: 6 }, () => host.run('cat', [], never, { isHeavy })));
  const light = await six(false);
  assert.equal(server.sessions().length, 1);
  const all = [...light, ...(await six(true))];
  assert.equal(server.sessions().length, 6);
  for (const far of all) far.stdin.end('x');
  assert.deepEqual(await Promise.all(all.map((far) => text(far.stdout))), Array(12).fill('x'));
  for (const far of all) await far[Symbol.asyncDispose]();
  assert.equal(await say(host, 'again'), 'again');
  assert.equal(server.sessions().length, 6);
});

test('connections that are wanted at once are made beside the first', { skip }, async () => {
  await using server = await startSshd({ options: [wide] });
  await using host = await openHost(server.place(), server.access, never, { connections: () => 4 });
  const heavy = () => host.run('cat', [], never, { isHeavy: true });
  const all = await Promise.all([heavy(), heavy(), heavy(), heavy()]);
  assert.equal(server.sessions().length, 4);
  for (const far of all) await far[Symbol.asyncDispose]();
});

for (const made of [1, 4])
  test(`those are ${made} where the round trip says so`, { skip }, async () => {
    await using server = await startSshd({ options: [wide] });
    const connections = (roundTripMs = 60_000) => (roundTripMs < 60_000 ? made : 8);
    await using host = await openHost(server.place(), server.access, never, { connections });
    while (server.sessions().length < made) await say(host, 'still fewer');
    for (const word of ['a', 'b', 'c']) await say(host, word);
    assert.equal(server.sessions().length, made);
  });

test('manyAtOnce() asks whether much moves where the way is not short, and takes perhaps for yes where it is long', () => {
  const unasked = () => assert.fail('nobody asks on a short way');
  assert.equal(manyAtOnce(unasked, 0.1), 1);
  const at = (roundTripMs: number | undefined) =>
    (['yes', 'maybe', 'no'] as const).map((much) => manyAtOnce(() => much, roundTripMs));
  assert.deepEqual(at(2), [8, 1, 1]);
  assert.deepEqual(at(20), [8, 8, 1]);
  assert.deepEqual(at(undefined), [8, 8, 1]); // a program is in between
  assert.deepEqual([0.1, 2, undefined].map(manyOver), [2, 8, 8]);
});

test('who moves much shares connections beyond as many as the round trip is told to want', {
  skip,
}, async () => {
  await using server = await startSshd({ options: [wide] });
  const most = (roundTripMs = 60_000) => (roundTripMs < 60_000 ? 2 : 8);
  await using host = await openHost(server.place(), server.access, never, { most });
  const all = await Promise.all([1, 2, 3, 4].map(() => host.run('cat', [], never, { isHeavy: true })));
  await host.widen();
  assert.equal(server.sessions().length, 2);
  for (const far of all) await far[Symbol.asyncDispose]();
});

test('more channels than connections share them, and more than that wait', { skip }, async () => {
  await using server = await startSshd({ options: [wide, 'MaxSessions 2'] });
  await using host = await openHost(server.place(), server.access, never);
  const words = Array.from({ length: 50 }, (_, at) => `word ${at}`);
  assert.deepEqual(await Promise.all(words.map((word) => say(host, word))), words);
  assert.ok(server.sessions().length <= 16);
});

test('one session a connection is enough', { skip }, async () => {
  await using server = await startSshd({ options: [wide, 'MaxSessions 1'] });
  await using host = await openHost(server.place(), server.access, never);
  const words = Array.from({ length: 40 }, (_, at) => `word ${at}`);
  assert.deepEqual(await Promise.all(words.map((word) => say(host, word))), words);
});

test('connections that sshd drops at random are tried again', { skip }, async () => {
  await using server = await startSshd({ options: ['MaxStartups 1:60:20'] });
  await using host = await openHost(server.place(), server.access, never);
  const all = await Promise.all(Array.from({ length: 8 }, () => host.run('cat', [], never)));
  for (const far of all) await far[Symbol.asyncDispose]();
});

test('a host without sessions says so', { skip }, async () => {
  await using server = await startSshd({ options: ['MaxSessions 0'] });
  await using host = await openHost(server.place(), server.access, never);
  await assert.rejects(host.sftp(never), fails('unsupported', /nobody open a session/));
});

test('run() says at once that a server has SFTP alone', { skip }, async () => {
  await using server = await startSshd({ options: ['ForceCommand internal-sftp'] });
  await using host = await openHost(server.place(), server.access, never);
  await assert.rejects(host.run('echo', [], never), fails('unsupported', /does not run commands/));
  await using far = await host.sftp(never);
  far.stdin.write(Buffer.from([0, 0, 0, 5, 1, 0, 0, 0, 3]));
  const [answer] = (await once(far.stdout, 'data')) as [Buffer];
  assert.match(answer.toString('latin1'), /posix-rename@openssh\.com/);
});

test('run() repeats what a host says instead of running a command', { skip }, async () => {
  await using server = await startSshd({ options: ['ForceCommand echo "This account is closed."'] });
  await using host = await openHost(server.place(), server.access, never);
  await assert.rejects(host.run('echo', [], never), fails('unsupported', /This account is closed/));
});

test('run() does not wait for endless noise', { skip }, async () => {
  await using server = await startSshd({ options: ['ForceCommand yes'] });
  await using host = await openHost(server.place(), server.access, never);
  await assert.rejects(host.run('echo', [], never), fails('unsupported', /y y y/));
});

test('sftp() says that there is no SFTP', { skip }, async () => {
  await using server = await startSshd({ options: ['Subsystem sftp /nowhere/sftp-server'] });
  await using host = await openHost(server.place(), server.access, never);
  await using far = await host.sftp(never);
  await assert.rejects(
    text(far.stdout),
    fails('unsupported', /starts no SFTP server|does not begin with SFTP/),
  );
});

test('sftp() says that a server knows none', { skip }, async () => {
  await using server = await startSshd({ options: ['# no Subsystem sftp'] });
  await using host = await openHost(server.place(), server.access, never);
  await using far = await host.sftp(never);
  await assert.rejects(text(far.stdout), fails('unsupported', /has no SFTP server/));
});

test('sftp() names what a login file prints before it', { skip }, async () => {
  await using server = await startSshd({
    options: [`Subsystem sftp echo "Welcome home!"; ${sftpServer}`],
  });
  await using host = await openHost(server.place(), server.access, never);
  await using far = await host.sftp(never);
  far.stdin.write(Buffer.from([0, 0, 0, 5, 1, 0, 0, 0, 3]));
  await assert.rejects(text(far.stdout), fails('unsupported', /Welcome home!/));
});
