import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { TransferError } from '../../src/errors.ts';
import { noMetadata } from '../../src/store/entry.ts';
import { openStore } from '../../src/store/open.ts';
import { itself } from '../../src/store/path.ts';
import { retrying } from '../../src/store/retrying.ts';
import type { Store } from '../../src/store/store.ts';
import { type Fault, faulty } from '../contract/faulty.ts';
import { storeContract } from '../contract/store.ts';
import { at, bodyOf, bytesOf, contentOf, counted, isKind, namesIn, put, signal } from './bodies.ts';

const never = { tries: 0, waitMs: 0, mostWaitMs: 0 };
const patient = { tries: 2, waitMs: 1, mostWaitMs: 2 };

async function place() {
  const path = fs.mkdtempSync(join(tmpdir(), 'retrying-'));
  const open = async () => retrying(await openStore({ kind: 'local', path: Buffer.from(path) }), never);
  const store = await open();
  return {
    store,
    rival: open,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      fs.rmSync(path, { recursive: true });
    },
  };
}

storeContract('retrying() of a store', place);

const broken = () => new TransferError('transient', 'the line broke');

/** A store that fails as planned, each time with an error of its own. */
function shaky(store: Store, faults: readonly Omit<Fault, 'error'>[]): Store {
  const each = faults.map((fault) => ({ ...fault, error: broken() }));
  return retrying(faulty(store, each), patient);
}

function promise(what: string, check: (store: Store) => Promise<void>) {
  test(what, async () => {
    await using here = await place();
    await check(here.store);
  });
}

promise('stat(), remove() and write() are tried again as often as allowed', async (plain) => {
  await using store = shaky(plain, [
    { on: 'stat', call: 1, after: 0 },
    { on: 'stat', call: 2, after: 0 },
    { on: 'write', call: 1, after: 0 },
    { on: 'remove', call: 1, after: 0 },
  ]);
  await put(store, 'file', 'content');
  assert.equal((await store.stat(at('file'), signal))!.kind, 'file');
  assert.equal(await store.remove(at('file'), signal), true);
});

promise(
  'the last error is thrown when all tries are used up, and no other kind is tried again',
  async (plain) => {
    const calls = [1, 2, 3].map((call) => ({ on: 'stat', call, after: 0 }) as const);
    await using store = shaky(plain, calls);
    await assert.rejects(store.stat(at('file'), signal), isKind('transient'));
    const error = new TransferError('denied', 'no');
    await using denied = retrying(faulty(plain, [{ on: 'stat', call: 1, after: 0, error }]), patient);
    await assert.rejects(denied.stat(at('file'), signal), isKind('denied'));
  },
);

promise('a listing goes on where it broke, and gives no entry twice', async (plain) => {
  const names = Array.from({ length: 50 }, (_, i) => `f${i}`).sort();
  for (const name of names) await put(plain, name, '');
  await using store = shaky(plain, [
    { on: 'list', call: 1, after: 20 },
    { on: 'list', call: 2, after: 30 },
  ]);
  assert.deepEqual(await namesIn(store), names);
});

promise('a body is read on where it broke, and tried anew as long as it goes on', async (plain) => {
  const content = counted(3_000_000);
  const file = await put(plain, 'file', content);
  const breaks = Array.from({ length: 5 }, (_, i) => ({ on: 'read', call: i + 1, after: 262_144 }) as const);
  await using store = shaky(plain, breaks);
  assert.ok((await bytesOf(store.read(file))).equals(content));
  const range = { offset: 7, length: 1_000_000 };
  assert.ok((await bytesOf(store.read(file), range)).equals(content.subarray(7, 1_000_007)));
});

promise('a body that is given up is not read again by who writes it', async (plain) => {
  const file = await put(plain, 'file', 'content');
  const breaks = [1, 2, 3].map((call) => ({ on: 'read', call, after: 0 }) as const);
  await using from = shaky(plain, breaks); // a fourth would succeed
  const how = { metadata: noMetadata, replaces: undefined, partial: Buffer.from('.p'), durable: false };
  await assert.rejects(plain.write(at('copy'), from.read(file), how, signal), isKind('transient'));
  assert.equal(await contentOf(plain, 'copy'), undefined);
});

promise('members that only some have are tried again, and stay absent where they are', async (plain) => {
  let calls = 0;
  const makeDirectory: Store['makeDirectory'] = (...args) => {
    if (++calls === 1) throw broken();
    return plain.makeDirectory!(...args);
  };
  const { sync: _, makeLink: __, parts: ___, ...less } = plain;
  const store = retrying({ ...less, makeDirectory: async (...args) => makeDirectory(...args) }, patient);
  await store.makeDirectory!(at('dir'), noMetadata, signal);
  assert.deepEqual([store.sync, store.makeLink, store.parts], [undefined, undefined, undefined]);
  assert.deepEqual(await namesIn(store), ['dir']);
});

promise('who stops does not wait for another try', async (plain) => {
  const stopper = new AbortController();
  const stat = async () => {
    setImmediate(() => stopper.abort('SIGINT'));
    throw broken();
  };
  const store = retrying({ ...plain, stat }, { tries: 1, waitMs: 3_600_000, mostWaitMs: 3_600_000 });
  await assert.rejects(store.stat(itself, stopper.signal), (reason) => reason === 'SIGINT');
});

promise('data() tells no range twice', async (plain) => {
  const ranges = [0, 100, 200].map((offset) => ({ offset, length: 50 }));
  let opened = 0;
  const data = async function* () {
    const breaks = ++opened === 1;
    for (const range of ranges) {
      if (breaks && range.offset === 200) throw broken();
      yield range;
    }
  };
  const store = retrying({ ...plain, read: () => ({ ...bodyOf('x'), data }) }, patient);
  const file = await put(plain, 'file', 'x');
  assert.deepEqual(await Array.fromAsync(store.read(file).data!(signal)), ranges);
});
