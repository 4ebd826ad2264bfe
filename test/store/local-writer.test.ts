import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { TransferError } from '../../src/errors.ts';
import { noMetadata } from '../../src/store/entry.ts';
import { Order, orderBytes } from '../../src/store/local/write/order.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store, WriteHow } from '../../src/store/store.ts';
import { Stat } from '../../src/work/posix/stat.ts';
import { at, bodyOf, counted, how, keeps, signal } from './bodies.ts';

// Many small files in memory are written by a thread of their own. What is promised of one that is written here holds.

const enough = 1000;
const skip = availableParallelism() < 2;
const metadata = { mode: 0o640, owner: { uid: process.getuid!(), gid: process.getgid!() }, mtimeNs: -1n };

/** A place where so much was written that a thread writes. */
async function busy(context: TestContext): Promise<{ readonly store: Store; readonly path: string }> {
  const path = fs.mkdtempSync(join(tmpdir(), 'writer-'));
  const store = await openStore({ kind: 'local', path: Buffer.from(path) });
  context.after(async () => {
    await store[Symbol.asyncDispose]();
    assert.equal(writers(), 0);
    fs.rmSync(path, { recursive: true, force: true });
  });
  assert.equal(writers(), 0);
  for (let number = 0; number < enough; number++) await put(store, `first ${number}`, 'x');
  assert.equal(writers(), 1);
  return { store, path };
}

const writers = () =>
  fs
    .readdirSync('/proc/self/task')
    .filter((id) => fs.readFileSync(`/proc/self/task/${id}/comm`, 'utf8').includes('write')).length;

function put(store: Store, path: string, content: string | Uint8Array, wishes: Partial<WriteHow> = {}) {
  const held = Buffer.from(content as string);
  return store.write(at(path), { ...bodyOf(held), held }, how(wishes), signal);
}

test('many small files at once are what they were to be', { skip }, async (context) => {
  const { store, path } = await busy(context);
  await store.makeDirectory!(at('below'), noMetadata, signal);
  const contents = Array.from({ length: 300 }, (_, number) => counted(number * 219)); // up to 64 KiB
  const made = await Promise.all(
    contents.map((content, number) => put(store, `below/${number}`, content, { metadata })),
  );
  for (const [number, { entry, unkept }] of made.entries()) {
    assert.deepEqual(unkept, []);
    keeps(entry, metadata, unkept);
    assert.deepEqual(entry, await store.stat(at(`below/${number}`), signal));
    assert.deepEqual(fs.readFileSync(join(path, `below/${number}`)), contents[number]);
  }
  assert.equal(fs.readdirSync(join(path, 'below')).length, 300);
});

test('a file that a thread writes has the mode of a new one, where none is given', {
  skip,
}, async (context) => {
  const { store, path } = await busy(context);
  const { entry } = await put(store, 'new', 'x');
  fs.writeFileSync(join(path, 'as the system makes it'), '');
  assert.equal(entry.mode, fs.statSync(join(path, 'as the system makes it')).mode & 0o7777);
});

test('what a thread cannot write is said as ever, and leaves nothing', { skip }, async (context) => {
  const { store, path } = await busy(context);
  fs.writeFileSync(join(path, 'taken'), 'a rival’s');
  fs.symlinkSync(tmpdir(), join(path, 'elsewhere'));
  const before = fs.readdirSync(path).length;
  for (const [name, kind] of [
    ['taken', 'conflict'],
    ['not there/file', 'missing'],
    ['elsewhere/file', 'conflict'],
    ['taken/file', 'conflict'],
  ] as const) {
    const alone = await failure(store.write(at(name), bodyOf('x'), how(), signal));
    const { message, hint, ...rest } = await failure(put(store, name, 'x'));
    assert.deepEqual([rest.kind, message, hint], [kind, alone.message, alone.hint]);
  }
  assert.equal(fs.readFileSync(join(path, 'taken'), 'utf8'), 'a rival’s');
  assert.equal(fs.readdirSync(path).length, before);
});

test('a thread writes into the place that was opened, whatever has its name now', {
  skip,
}, async (context) => {
  const { store, path } = await busy(context);
  fs.renameSync(path, `${path} moved`);
  context.after(() => fs.rmSync(`${path} moved`, { recursive: true }));
  await put(store, 'file', 'x');
  assert.equal(fs.readFileSync(join(`${path} moved`, 'file'), 'utf8'), 'x');
});

test('an Order says what could not be kept', () => {
  const order = new Order(new SharedArrayBuffer(orderBytes), 0);
  for (const unkept of [[], ['owner'], ['mode', 'mtimeNs']] as const) {
    order.became(new Stat(), unkept);
    assert.deepEqual(order.made(new Stat()), unkept);
  }
});

async function failure(made: Promise<unknown>): Promise<TransferError> {
  return made.then(
    () => assert.fail('it was written'),
    (error: TransferError) => error,
  );
}
