import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { touches } from '../judge.ts';
import { needs } from '../peer.ts';
import { type Far, far } from './ground.ts';

// Somebody swaps directories at the destination for symlinks that lead out of it, while batches arrive there.

/** Whatever happens to what it puts there, it begins anew. */
const attacker = `
const fs = require('node:fs');
const [outside, ...dirs] = process.argv.slice(1);
const trying = (act) => { try { act(); } catch {} };
for (let turn = 0; ; turn++) {
  const dir = dirs[turn % dirs.length];
  trying(() => fs.renameSync(dir, dir + '.aside'));
  trying(() => fs.symlinkSync(outside, dir));
  for (let spin = 0; spin < 200; spin++) trying(() => fs.readlinkSync(dir));
  trying(() => fs.unlinkSync(dir));
  trying(() => fs.renameSync(dir + '.aside', dir));
  if (turn === 99) console.log('at work');
}`;
const dirs = ['d0', 'd1', 'd2', 'd3'];

test('nothing that comes from a host appears outside while directories here are swapped for symlinks', {
  skip: needs('sshd'),
}, async () => {
  await using here = await far();
  const { outside, child } = await attacked(here);
  const over = once(child, 'close');
  const before = await touches(outside);
  try {
    for (let round = 0; round < 3; round++) {
      for (const dir of [...dirs, 'd1/sub']) fill(join(here.source, dir), `${round}`);
      const { status } = await here.run(['transfer', here.url(here.source), here.dest]);
      assert.ok(status === 0 || status === 3, String(status));
    }
  } finally {
    child.kill('SIGKILL');
    await over;
  }
  assert.deepEqual(await touches(outside), before);
});

async function attacked({ path, dest }: Far): Promise<{ outside: string; child: ChildProcess }> {
  const outside = join(path, 'outside');
  fs.mkdirSync(join(outside, 'sub'), { recursive: true });
  for (const dir of dirs) fs.mkdirSync(join(dest, dir), { recursive: true });
  const child = spawn(process.execPath, ['-e', attacker, outside, ...dirs.map((dir) => join(dest, dir))]);
  await once(child.stdout, 'data');
  return { outside, child };
}

function fill(dir: string, text: string): void {
  fs.mkdirSync(dir, { recursive: true });
  for (let i = 0; i < 60; i++) fs.writeFileSync(join(dir, `f${i}`), text);
}
