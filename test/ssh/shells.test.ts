import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
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
  });
}

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
