import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { timed } from '../../bench/matrix/timed.ts';
import { endDescendants } from '../../bench/process-tree.ts';

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('timed() leaves none of what a program has started, and does not wait for it', (t) => {
  const work = fs.mkdtempSync(join(tmpdir(), 'timed-'));
  t.after(() => fs.rmSync(work, { recursive: true }));
  const found = timed(['sh', '-c', 'sleep 600 & echo $!'], work, 300_000);
  assert.equal(found.ended, 'well');
  const left = Number('stdout' in found && found.stdout);
  assert.ok(left > 1);
  assert.equal(isAlive(left), false);
});

test('timed() says who takes too long, with all it has started ended', (t) => {
  const work = fs.mkdtempSync(join(tmpdir(), 'timed-'));
  t.after(() => fs.rmSync(work, { recursive: true }));
  const deaf = 'trap "" TERM; sleep 600 & echo $! >"$0"; while :; do wait; done';
  const told = join(work, 'told');
  assert.deepEqual(timed(['bash', '-c', deaf, told], work, 3000), { ended: 'late' });
  assert.equal(isAlive(Number(fs.readFileSync(told, 'utf8'))), false);
});

test('endDescendants() ends what a process has started, and what that starts meanwhile, and lets itself go on', async (t) => {
  const starting = '(for n in {1..500}; do sleep 600 & done; wait)';
  const parent = spawn('bash', ['-c', `${starting} & echo begun; wait; echo over; read`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.after(() => parent.kill('SIGKILL'));
  const lines = createInterface({ input: parent.stdout })[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value, 'begun');
  endDescendants(parent.pid!);
  assert.equal((await lines.next()).value, 'over');
  parent.stdin.end();
  await once(parent, 'close');
});
