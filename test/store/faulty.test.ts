import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { TransferError } from '../../src/errors.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { type Fault, faulty } from '../contract/faulty.ts';
import { at, bytesOf, namesIn, put, signal } from './bodies.ts';

const error = new TransferError('transient', 'planned');
const isPlanned = (thrown: unknown) => thrown === error;
const path = fs.mkdtempSync(join(tmpdir(), 'faulty-'));
after(() => fs.rmSync(path, { recursive: true }));

async function withFault(fault: Omit<Fault, 'error'>, work: (store: Store) => Promise<void>): Promise<void> {
  await using store = faulty(await openStore({ kind: 'local', path: Buffer.from(path) }), [
    { ...fault, error },
  ]);
  await work(store);
}

test('faulty() fails the call it was told to, and no other', async () => {
  await withFault({ on: 'stat', call: 2, after: 0 }, async (store) => {
    assert.equal(await store.stat(at('none'), signal), undefined);
    await assert.rejects(store.stat(at('none'), signal), isPlanned);
    assert.equal(await store.stat(at('none'), signal), undefined);
  });
});

test('faulty() loses a request, or its answer', async () => {
  await withFault({ on: 'write', call: 1, after: 0 }, async (store) => {
    await assert.rejects(put(store, 'file', 'x'), isPlanned);
    assert.deepEqual(await namesIn(store), []);
  });
  await withFault({ on: 'write', call: 1, after: 1 }, async (store) => {
    await assert.rejects(put(store, 'file', 'x'), isPlanned);
    assert.deepEqual(await namesIn(store), ['file']);
  });
  await withFault({ on: 'remove', call: 1, after: 1 }, async (store) => {
    await assert.rejects(store.remove(at('file'), signal), isPlanned);
    assert.equal(await store.remove(at('file'), signal), false);
  });
});

test('faulty() breaks a read and a list where it was told to', async () => {
  await withFault({ on: 'read', call: 1, after: 3 }, async (store) => {
    const body = store.read(await put(store, 'file', 'content'));
    await assert.rejects(bytesOf(body), isPlanned);
    assert.equal((await bytesOf(body)).toString(), 'content');
  });
  await withFault({ on: 'list', call: 1, after: 1 }, async (store) => {
    await assert.rejects(namesIn(store), isPlanned);
  });
});

test('faulty() fails when a planned fault never fired', async () => {
  const unused = withFault({ on: 'list', call: 3, after: 0 }, async (store) => void (await namesIn(store)));
  await assert.rejects(unused, /planned and never fired/);
});
