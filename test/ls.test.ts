import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { TransferError } from '../src/errors.ts';
import { ls } from '../src/ls.ts';
import { openStore } from '../src/store/open.ts';
import { itself } from '../src/store/path.ts';
import { type Fault, faulty } from './contract/faulty.ts';
import { signal } from './store/bodies.ts';

const error = new TransferError('transient', 'the line broke');
const path = fs.mkdtempSync(join(tmpdir(), 'ls-'));
after(() => fs.rmSync(path, { recursive: true }));
for (const name of ['a', 'b/c', 'b/d/e', 'f', 'g/h']) {
  fs.mkdirSync(join(path, name, '..'), { recursive: true });
  fs.writeFileSync(join(path, name), '');
}

async function listed(faults: readonly Fault[], recursive = true, on = signal): Promise<string[]> {
  await using store = faulty(await openStore({ kind: 'local', path: Buffer.from(path) }), faults);
  const lines: string[] = [];
  for await (const entry of ls(store, itself, { recursive }, on)) {
    const name = Buffer.from(entry.path).toString();
    lines.push(entry.kind === 'unlisted' ? `${name}: ${entry.error.message}` : name);
  }
  return lines;
}

test('ls() gives each directory by name, and right after it what is in it', async () => {
  assert.deepEqual(await listed([], false), ['a', 'b', 'f', 'g']);
  assert.deepEqual(await listed([]), ['a', 'b', 'b/c', 'b/d', 'b/d/e', 'f', 'g', 'g/h']);
});

test('ls() names a directory below that cannot be listed, and goes on', async () => {
  assert.deepEqual(await listed([{ on: 'list', call: 2, after: 0, error }]), [
    ...['a', 'b', 'b: the line broke'],
    ...['f', 'g', 'g/h'],
  ]);
});

test('ls() gives what it had of a listing that broke', async () => {
  const lines = await listed([{ on: 'list', call: 2, after: 1, error }]);
  const first = lines.filter((line) => line === 'b/c' || line === 'b/d');
  assert.equal(first.length, 1);
  assert.deepEqual(lines.slice(0, 4), ['a', 'b', 'b: the line broke', first[0]]);
  assert.deepEqual(lines.slice(-3), ['f', 'g', 'g/h']);
});

test('ls() ends where the place itself cannot be listed', async () => {
  await assert.rejects(listed([{ on: 'list', call: 1, after: 0, error }]), (thrown) => thrown === error);
});

test('ls() stops when told to', async () => {
  await assert.rejects(listed([], true, AbortSignal.abort('SIGINT')), (reason) => reason === 'SIGINT');
});
