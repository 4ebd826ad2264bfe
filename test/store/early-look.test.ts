import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { TransferError } from '../../src/errors.ts';
import { noMetadata } from '../../src/store/entry.ts';
import { openLocalStore } from '../../src/store/local/local-store.ts';
import { itself } from '../../src/store/path.ts';
import { lookingEarly } from '../../src/store/sftp/early-look.ts';
import type { Store } from '../../src/store/store.ts';
import { faulty } from '../contract/faulty.ts';
import { signal } from './bodies.ts';

const error = new TransferError('transient', 'it does not answer');

async function placeOf(t: TestContext): Promise<Store> {
  const dir = fs.mkdtempSync(join(tmpdir(), 'difpipe-early-look-'));
  t.after(() => fs.rmSync(dir, { recursive: true }));
  return openLocalStore({ kind: 'local', path: Buffer.from(join(dir, 'to')) });
}

/** From now on it is so much later. */
function late(t: TestContext, ms: number): void {
  const { now } = performance;
  t.mock.method(performance, 'now', () => now.call(performance) + ms);
}

test('lookingEarly() says that what it made was not there, who asks late hears that too, once', async (t) => {
  await using store = await placeOf(t);
  const looked = lookingEarly(store, true, signal);
  await looked.made;
  late(t, 5000);
  assert.equal(await looked.stat(itself, signal), undefined);
  await looked.makeDirectory!(itself, noMetadata, signal);
  assert.equal((await looked.stat(itself, signal))?.kind, 'directory');
});

test('lookingEarly() says that what it made was not there though the first look got no answer', async (t) => {
  await using store = faulty(await placeOf(t), [{ on: 'stat', call: 1, after: 0, error }]);
  const looked = lookingEarly(store, true, signal);
  assert.equal(await looked.stat(itself, signal), undefined);
  await looked.makeDirectory!(itself, noMetadata, signal);
  assert.equal((await looked.stat(itself, signal))?.kind, 'directory');
});

test('lookingEarly() says of what it did not make what is there, however late', async (t) => {
  await using store = await placeOf(t);
  await store.makeDirectory!(itself, { ...noMetadata, mode: 0o711 }, signal);
  const looked = lookingEarly(store, true, signal);
  await looked.made;
  late(t, 5000);
  assert.equal((await looked.stat(itself, signal))?.mode, 0o711);
});

test('lookingEarly() goes on with what it made where only the answer to that was lost', async (t) => {
  await using store = await placeOf(t);
  let calls = 0;
  const loses: Store['makeDirectory'] = async (path, metadata, on) => {
    const made = await store.makeDirectory!(path, metadata, on);
    if (++calls === 1) throw error;
    return made;
  };
  const looked = lookingEarly({ ...store, makeDirectory: loses }, true, signal);
  assert.equal(await looked.stat(itself, signal), undefined);
  await looked.makeDirectory!(itself, { ...noMetadata, mode: 0o750 }, signal);
  assert.equal((await store.stat(itself, signal))?.mode, 0o750);
});
