import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { touches } from '../judge.ts';
import { needs } from '../peer.ts';
import { assertStatus, failures } from '../survive/program.ts';
import { type Far, far, ways } from './ground.ts';

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

const skip = needs('sshd', 'rsync');
const cases = [
  ['to a host', 'auto'],
  ['from host to host', 'auto'],
  ['to a host', 'rsync'],
] as const;

test('nothing that comes from a host appears outside while directories here are swapped for symlinks', {
  skip,
}, async () => {
  await using here = await far();
  const { outside, child } = await attacked(here);
  const over = once(child, 'close');
  const before = await touches(outside);
  try {
    for (let round = 0; round < 3; round++) {
      for (const dir of [...dirs, 'd1/sub']) fill(join(here.source, dir), `${round}`);
      const { status } = await here.run(['transfer', ...ways['from a host']!(here)]);
      assert.ok(status === 0 || status === 3, String(status));
    }
  } finally {
    child.kill('SIGKILL');
    await over;
  }
  assert.deepEqual(await touches(outside), before);
});

describe('a directory at the destination that becomes a symlink while a batch is on its way', {
  skip,
  concurrency: 2,
}, () => {
  for (const [name, strategy] of cases)
    test(`${name}, by ${strategy}: what was for it is refused, the rest arrives`, async () => {
      await using here = await far();
      const outside = join(here.path, 'outside');
      for (const dir of dirs) {
        fill(join(here.source, dir), randomBytes(5000)); // nothing makes it less
        fs.mkdirSync(join(here.dest, dir), { recursive: true });
      }
      fs.mkdirSync(outside);
      const running = here.start([
        'transfer',
        '--bwlimit',
        '400K',
        '--strategy',
        strategy,
        ...ways[name]!(here),
      ]);
      await running.next('progress', ({ bytes }) => Number(bytes) > 0);
      fs.renameSync(join(here.dest, 'd2'), join(here.path, 'aside'));
      fs.symlinkSync(outside, join(here.dest, 'd2'));
      const ended = await running.ended;
      assertStatus(3, ended);
      const refused = [...failures(ended)].filter(([path]) => path !== 'd2'); // of itself rsync says nothing
      assert.ok(refused.every(([path, why]) => /^d2\//.test(path) && /^refused/.test(why)));
      assert.deepEqual([fs.readdirSync(outside), fs.readdirSync(join(here.path, 'aside'))], [[], []]);
      for (const dir of ['d0', 'd1', 'd3']) assert.equal(fs.readdirSync(join(here.dest, dir)).length, 60);
    });
});

async function attacked({ path, dest }: Far): Promise<{ outside: string; child: ChildProcess }> {
  const outside = join(path, 'outside');
  fs.mkdirSync(join(outside, 'sub'), { recursive: true });
  for (const dir of dirs) fs.mkdirSync(join(dest, dir), { recursive: true });
  const child = spawn(process.execPath, ['-e', attacker, outside, ...dirs.map((dir) => join(dest, dir))]);
  await once(child.stdout, 'data');
  return { outside, child };
}

function fill(dir: string, content: string | Uint8Array): void {
  fs.mkdirSync(dir, { recursive: true });
  for (let i = 0; i < 60; i++) fs.writeFileSync(join(dir, `f${i}`), content);
}
