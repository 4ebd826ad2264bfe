import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { readReceived } from '../../../../src/engine/tar/host/received.ts';
import { needs } from '../../../peer.ts';
import { ended, workspace } from '../../run.ts';
import { far, flavours, receiver, runFar, stage, startFar } from '../far.ts';
import { placesStream } from '../places.ts';

// Whoever owns the destination has a directory of his own where the one was that a batch is unpacked into.

const content = 'new'.repeat(40_000); // GNU tar is handed 64 KiB at a time, so that it begins before the rest is there
const wanted = [
  { dir: 'a', replaces: true, files: { old: content } },
  { dir: '', replaces: false, files: { 'a $(touch pwned) "`name`"': 'ours' } },
];

async function ground(shell: string | undefined, flavour: keyof typeof flavours) {
  const [dest, scratch] = [workspace(), workspace()];
  fs.mkdirSync(join(dest, 'a'));
  fs.writeFileSync(join(dest, 'a/old'), 'old');
  const { tools, ...there } = await far(scratch, flavour);
  if (shell) fs.symlinkSync(which(shell), join(scratch, 'sh'));
  const path = shell ? `${scratch}:${there.path}` : there.path;
  return { dest, scratch, there: { ...there, path }, script: receiver(dest, tools) };
}

const which = (program: string) => execFileSync('which', [program], { encoding: 'utf8' }).trim();

/** Orders of his own, as lists were and are, with a secret that he would like to have. */
function forge(at: string, secret: string): void {
  for (const dir of ['c', 't', 'f0', 'n1']) fs.mkdirSync(join(at, dir), { recursive: true });
  const code = `touch ${join(at, '../pwned')}; set -- .\n`;
  for (const name of ['f0.0', 'n1.0', 'f0', 'n1', '0', 'entries'])
    fs.writeFileSync(join(at, 'c', name), code);
  fs.writeFileSync(join(at, 'c/places'), 'f0 0 0 ../ a\0n1 0 1 ./ \0');
  for (const folder of ['f0/old', 'n1/secret']) fs.symlinkSync(secret, join(at, folder));
  fs.writeFileSync(join(at, 'end'), 'end');
}

for (const [name, shell, flavour] of [
  ['dash', 'dash', 'GNU'],
  ['bash', 'bash', 'GNU'],
  ['BSD', undefined, 'BSD'],
  ['busybox', undefined, 'busybox'],
] as const)
  for (const way of ['aside', 'elsewhere'] as const)
    test(`receive: nothing is taken from a directory that was put where ours was; ours went ${way} (${name})`, {
      skip: needs(flavours[flavour], ...(shell ? [shell] : [])),
    }, async () => {
      const { dest, scratch, there, script } = await ground(shell, flavour);
      const secret = join(scratch, 'secret');
      fs.writeFileSync(secret, 'secret');
      const stream = Buffer.concat(placesStream(stage, wanted));
      const child = startFar(there, script);
      const end = ended(child);
      child.stdin.write(stream.subarray(0, 70_000));
      while (!fs.existsSync(join(dest, stage, 'f0'))) await wait(5);
      fs.renameSync(join(dest, stage), join(way === 'aside' ? dest : scratch, 'aside'));
      forge(join(dest, stage), secret);
      child.stdin.end(stream.subarray(70_000));
      const { status, stdout, stderr } = await end;
      const answer = { code: status ?? undefined, stdout, complaint: stderr };
      assert.throws(() => readReceived(answer), { kind: 'transient' });
      const names = fs.readdirSync(dest);
      assert.ok(!names.includes('pwned') && !names.includes('secret'), names.join());
      const old = way === 'aside' ? content : 'old';
      assert.equal(fs.readFileSync(join(dest, 'a/old'), 'utf8'), old);
    });

test('receive: a directory that was put where ours was before we were in it is not used', {
  skip: needs('root'),
}, async () => {
  const { dest, scratch, there, script } = await ground(undefined, 'GNU');
  const steps = [
    `${which('mkdir')} "$@"`,
    'mv "$1" "$1-aside"',
    `cp -R ${scratch}/his "$1"`,
    'chown 1234 "$1"',
  ];
  fs.writeFileSync(join(scratch, 'mkdir'), `#!/bin/sh\n${steps.join(' && ')}`, { mode: 0o755 });
  fs.mkdirSync(join(scratch, 'his'));
  const path = `${scratch}:${there.path}`;
  const { status } = await runFar({ ...there, path }, script, placesStream(stage, wanted));
  assert.equal(status, 41);
  assert.equal(fs.readFileSync(join(dest, 'a/old'), 'utf8'), 'old');
});
