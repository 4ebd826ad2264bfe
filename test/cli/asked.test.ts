import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Summary } from '../../src/report/events.ts';
import { program } from '../built.ts';
import { needs } from '../peer.ts';
import { makeKey, startSshd } from '../ssh/sshd.ts';
import { directory, environment } from './difpipe.ts';

const skip = needs('script', 'sshd', 'ssh');
const secret = 'c4nary-s3cret';
const ponderMs = 3000;

test('the time that a person takes to answer is not the run’s', { skip }, async () => {
  await using server = await startSshd();
  const key = join(server.home, '.ssh/id_ed25519');
  for (const file of [key, `${key}.pub`]) fs.rmSync(file);
  makeKey(key, secret);
  fs.copyFileSync(`${key}.pub`, join(server.home, 'authorized_keys'));
  const source = directory();
  fs.writeFileSync(join(source, 'file'), 'x');
  const { user, port } = server.place();
  const told = join(server.home, 'told');
  const dest = `ssh://${user}@127.0.0.1:${port}${server.home}/to`;
  const transfer = `${program.join(' ')} transfer --json ${source} ${dest} >${told}`;
  const env = environment({ HOME: server.home, SSH_AUTH_SOCK: '' });
  const startMs = performance.now();
  const child = spawn('script', ['-qec', transfer, '/dev/null'], { env });
  const ended = once(child, 'exit');
  let shown = '';
  for await (const chunk of child.stdout) {
    const isNew = !shown.includes('passphrase');
    shown += String(chunk);
    if (!isNew || !shown.includes('passphrase')) continue;
    await wait(ponderMs);
    child.stdin.write(`${secret}\n`);
  }
  const [code] = await ended;
  const wallMs = performance.now() - startMs;
  assert.equal(code, 0, shown);
  const { elapsedMs } = JSON.parse(fs.readFileSync(told, 'utf8').trim().split('\n').at(-1)!) as Summary;
  assert.ok(elapsedMs <= wallMs - ponderMs, `${elapsedMs} of ${wallMs}`);
});
