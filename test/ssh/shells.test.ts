import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { test } from 'node:test';
import { openHost } from '../../src/ssh/host.ts';
import { needs } from '../peer.ts';
import { startSshd } from './sshd.ts';

const never = new AbortController().signal;
const everyByte = Buffer.from(Array.from({ length: 255 }, (_, at) => at + 1));

const shells: Readonly<Record<string, string>> = {
  bash: 'bash',
  dash: 'dash',
  zsh: 'zsh',
  fish: 'fish',
  tcsh: 'tcsh',
  busybox: 'busybox sh',
};

for (const [peer, shell] of Object.entries(shells)) {
  test(`run() gives every byte through ${shell}, after its noise`, {
    skip: needs('sshd', peer),
  }, async () => {
    // sshd runs the command by the login shell in the same way: SHELL -c COMMAND
    const force = `ForceCommand echo "welcome 'to all"; exec ${shell} -c "$SSH_ORIGINAL_COMMAND"`;
    await using server = await startSshd({ options: [force] });
    await using host = await openHost(server.place(), server.access, never);
    const args = [
      everyByte,
      Buffer.from('\n\n'),
      Buffer.from(''),
      Buffer.from("-n !! $(id) `id` \\041 %s 'x"),
      Buffer.alloc(4096, 0xff),
    ];
    await using far = await host.run(
      'for a in "$@"; do printf \'%s\' "$a"; printf \'|!\'; done',
      args,
      never,
    );
    far.stdin.end();
    const expected = Buffer.concat(args.flatMap((arg) => [arg, Buffer.from('|!')]));
    assert.deepEqual(await buffer(far.stdout), expected, far.complaint());
    assert.equal((await far.ended).code, 0);
    await using second = await host.run('cat', [], never);
    second.stdin.end(everyByte); // before it has begun
    assert.deepEqual(await buffer(second.stdout), everyByte, second.complaint());
  });
}

/** What the login file does before the command. */
const login = (does: string) => [`ForceCommand ${does}; exec sh -c "$SSH_ORIGINAL_COMMAND"`];

test('run() sends nothing early where a login file reads it', { skip: needs('sshd') }, async () => {
  await using server = await startSshd({ options: login('timeout 0.2 head -c 1 >/dev/null') });
  await using host = await openHost(server.place(), server.access, never);
  for (let round = 0; round < 2; round++) {
    await using far = await host.run('echo begun; cat', [], never);
    far.stdin.end('all of it');
    assert.equal(await text(far.stdout), 'begun\nall of it');
  }
});

test('run() runs nothing with input of which a login file has read', { skip: needs('sshd') }, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'difpipe-login-'));
  const reads = join(dir, 'reads');
  await using server = await startSshd({ options: login(`[ -e ${reads} ] && head -c 9 >/dev/null`) });
  await using host = await openHost(server.place(), server.access, never);
  const say = async () => {
    await using far = await host.run('echo begun; cat', [], never);
    far.stdin.end('all of it');
    return await text(far.stdout);
  };
  try {
    assert.equal(await say(), 'begun\nall of it');
    writeFileSync(reads, '');
    await assert.rejects(say(), {
      kind: 'transient',
      message: /a login file on .* reads what a program is sent/,
    });
    rmSync(reads);
    assert.equal(await say(), 'begun\nall of it'); // late again
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('run() gives the script its input, and nothing else', { skip: needs('sshd') }, async () => {
  await using server = await startSshd();
  await using host = await openHost(server.place(), server.access, never);
  await using far = await host.run('cat; printf "%s" "$#"', [], never);
  far.stdin.end(everyByte);
  assert.deepEqual(await buffer(far.stdout), Buffer.concat([everyByte, Buffer.from('0')]));
});

test('run() refuses a NUL in an argument', { skip: needs('sshd') }, async () => {
  await using server = await startSshd();
  await using host = await openHost(server.place(), server.access, never);
  await assert.rejects(host.run('echo', [Buffer.from('a\0b')], never), /NUL/);
});
