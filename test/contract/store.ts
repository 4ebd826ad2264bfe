/**
 * What every Store promises. `open` gives a new, empty place; `rival` opens it once more, as somebody else would.
 * Where a store lacks a member, what is asked of that member is left out.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TransferError } from '../../src/errors.ts';
import type { Body } from '../../src/store/body.ts';
import { type Listed, noMetadata } from '../../src/store/entry.ts';
import { itself } from '../../src/store/path.ts';
import type { Store } from '../../src/store/store.ts';
import {
  at,
  bodyOf,
  bytesOf,
  contentOf,
  counted,
  how,
  isKind,
  keeps,
  namesIn,
  put,
  signal,
} from '../store/bodies.ts';
import { faulty } from './faulty.ts';
import { members } from './store-members.ts';

/** Somewhere to keep promises, and another way in. */
export type Place = AsyncDisposable & {
  readonly store: Store;
  readonly rival: () => Promise<Store>;
  /** What it has no way to tell. Absent: nothing. */
  readonly blindTo?: readonly Blindness[];
  /** How many entries it tells of at once, where that is few. */
  readonly atOnce?: number;
};

/**
 * That a file changed and kept its size within one second; that two names are of one file; that a directory is not
 * there, or has the name of a file, or what a path of more than 1,000 bytes or a symlink of more than 1,500 names, or one
 * of more than 200; that there is something whose name begins with a dot, or that a directory became empty.
 */
type Blindness =
  | 'quick changes'
  | 'links'
  | 'directories'
  | 'long paths'
  | 'long symlinks'
  | 'dots'
  | 'emptied directories';

export type Promises = (
  what: string,
  check: (
    store: Store,
    rival: Place['rival'],
    blindTo: readonly Blindness[],
    atOnce: number,
  ) => Promise<void>,
) => void;

export function storeContract(name: string, open: () => Promise<Place>): void {
  const promise: Promises = (what, check) =>
    void test(what, async () => {
      await using place = await open();
      await check(place.store, place.rival, place.blindTo ?? [], place.atOnce ?? 1000);
    });

  describe(name, () => {
    looks(promise);
    reads(promise);
    writes(promise);
    holdsItsOwn(promise);
    faults(promise);
    members(promise);
  });
}

function looks(promise: Promises): void {
  promise('stat() of the place itself is a directory', async (store) => {
    const found = await store.stat(itself, signal);
    assert.deepEqual([found?.kind, found?.path.length], ['directory', 0]);
  });

  promise('stat() of what is not there is undefined', async (store) => {
    await put(store, 'file', 'x');
    for (const path of ['none', 'none/below', 'file/below']) {
      assert.equal(await store.stat(at(path), signal), undefined, path);
    }
  });

  promise('stat(), list() and write() give the same Entry', async (store) => {
    await store.makeDirectory?.(at('dir'), noMetadata, signal);
    const wrote = await put(store, 'dir/file', 'content');
    assert.deepEqual([wrote.kind, wrote.size, Buffer.from(wrote.path).toString()], ['file', 7, 'dir/file']);
    const looked = await store.stat(at('dir/file'), signal);
    const listed = await Array.fromAsync(store.list(at('dir'), signal));
    const inFull = await Promise.all(listed.map((entry) => known(store, entry)));
    assert.deepEqual([looked!, ...inFull].map(lasting), [wrote, wrote].map(lasting));
  });

  promise(
    'list() gives every entry once, and nothing of what is below',
    async (store, _rival, _blindTo, atOnce) => {
      await store.makeDirectory?.(at('dir'), noMetadata, signal);
      const names = Array.from({ length: 1.5 * atOnce }, (_, i) => `dir/${i}`);
      await Promise.all(names.map((name) => put(store, name, '')));
      await put(store, 'beside', '');
      assert.deepEqual(await namesIn(store, 'dir'), names.sort());
      assert.deepEqual(await namesIn(store), ['beside', 'dir']);
    },
  );

  promise('list() of an empty place is empty, of one that is not there is missing', async (store) => {
    assert.deepEqual(await namesIn(store), []);
    await assert.rejects(namesIn(store, 'none'), isKind('missing'));
  });

  promise('list() may be left early, and stops when told to', async (store) => {
    for (const name of ['a', 'b', 'c']) await put(store, name, '');
    for await (const _ of store.list(itself, signal)) break;
    const stopped = Array.fromAsync(store.list(itself, AbortSignal.abort('SIGINT')));
    await assert.rejects(stopped, (reason) => reason === 'SIGINT');
  });

  promise('remove() takes away one entry, and says whether it was there', async (store, _, blindTo) => {
    await store.makeDirectory?.(at('dir'), noMetadata, signal);
    await put(store, 'dir/file', 'x');
    if (store.makeDirectory) await assert.rejects(store.remove(at('dir'), signal), isKind('conflict'));
    assert.equal(await store.remove(at('dir/file'), signal), true);
    assert.equal(await store.remove(at('dir/file'), signal), false);
    assert.equal(await store.remove(at('none/below'), signal), false);
    if (blindTo.includes('emptied directories')) return;
    assert.equal(await store.remove(at('dir'), signal), store.makeDirectory !== undefined);
    assert.deepEqual(await namesIn(store), []);
  });
}

function reads(promise: Promises): void {
  for (const bytes of [0, 1, 65_536, 262_144, 262_145, 3_000_000]) {
    promise(`read() gives back ${bytes} bytes`, async (store) => {
      const content = counted(bytes);
      const body = store.read(await put(store, 'file', content));
      assert.equal(body.size, bytes);
      assert.ok((await bytesOf(body)).equals(content));
      assert.ok((await bytesOf(body)).equals(content), 'a second time');
    });
  }

  promise('Body.open() gives any range, to several at once', async (store) => {
    const content = counted(700_000);
    const body = store.read(await put(store, 'file', content));
    const ranges = [
      { offset: 0, length: 1 },
      { offset: 262_143, length: 3 },
      { offset: 400_001, length: 299_999 },
      { offset: 699_999, length: 1 },
      { offset: 12_345, length: 0 },
    ];
    const read = await Promise.all(ranges.map((range) => bytesOf(body, range)));
    for (const [i, { offset, length }] of ranges.entries())
      assert.ok(read[i]!.equals(content.subarray(offset, offset + length)), `from ${offset}`);
  });

  promise('Body.open() may be left early, and stops when told to', async (store) => {
    const body = store.read(await put(store, 'file', counted(700_000)));
    const range = { offset: 0, length: body.size };
    for await (const chunk of body.open(range, signal)) {
      assert.ok(chunk.length > 0);
      break;
    }
    const stopped = Array.fromAsync(body.open(range, AbortSignal.abort('SIGINT')));
    await assert.rejects(stopped, (reason) => reason === 'SIGINT');
  });

  for (const old of ['', 'old bytes']) {
    promise(
      `Body.open() of ${old || 'an empty file'} that was replaced, or went, says so`,
      async (store, _, blindTo) => {
        const entry = await put(store, 'file', old);
        const body = store.read(entry);
        const other = blindTo.includes('quick changes') ? 'more new bytes' : 'new bytes';
        await put(store, 'file', other, { replaces: entry });
        await assert.rejects(bytesOf(body), isKind('changed'));
        await store.remove(at('file'), signal);
        await assert.rejects(bytesOf(body), isKind('missing'));
      },
    );
  }

  promise('Body.open() never joins two states of a file', async (store) => {
    const old = counted(3_000_000);
    const entry = await put(store, 'file', old);
    const got: Uint8Array[] = [];
    const reading = async () => {
      for await (const chunk of store.read(entry).open({ offset: 0, length: old.length }, signal)) {
        if (got.push(chunk) === 1) await put(store, 'file', Buffer.alloc(old.length), { replaces: entry });
      }
    };
    await reading().catch(isKind('changed'));
    const read = Buffer.concat(got);
    assert.ok(read.equals(old.subarray(0, read.length)));
  });
}

function writes(promise: Promises): void {
  promise('write() takes every name as it is, or says that it cannot', async (store, _, blindTo) => {
    const hostile = [
      ' a b ',
      '-rf',
      '$(x)',
      '\'"',
      'new\nline',
      '*',
      '..x',
      '...',
      'x'.repeat(255),
      'caf\xe9',
      '\xff\xfe',
    ];
    const held: string[] = [];
    for (const name of hostile) {
      const bytes = Buffer.from(name, 'latin1');
      const wrote = await put(store, bytes, bytes).catch(isKind('unsupported'));
      if (wrote !== true) held.push(name);
      assert.equal(await contentOf(store, bytes), wrote === true ? undefined : name);
    }
    const shown = held.filter((name) => !(blindTo.includes('dots') && name.startsWith('.')));
    assert.deepEqual(await namesIn(store), shown.sort());
    assert.ok(held.length >= 9);
  });

  promise('write() reaches 300 levels down', async (store, _, blindTo) => {
    const word = blindTo.includes('long paths') ? '' : 'level ';
    const levels = Array.from({ length: 300 }, (_, i) => `${word}${i % 100}`);
    for (let depth = 1; depth <= 300; depth++)
      await store.makeDirectory?.(at(levels.slice(0, depth).join('/')), noMetadata, signal);
    const path = `${levels.join('/')}/file`;
    await put(store, path, 'deep');
    assert.equal(await contentOf(store, path), 'deep');
    assert.deepEqual(await namesIn(store, levels.join('/')), [path]);
  });

  promise('write() keeps the metadata that it does not call unkept', async (store) => {
    const metadata = { mode: 0o640, owner: { uid: 12, gid: 34 }, mtimeNs: 1_234_567_890_123_456_789n };
    const { entry, unkept } = await store.write(at('file'), bodyOf('x'), how({ metadata }), signal);
    keeps(entry, metadata, unkept);
    keeps((await store.stat(at('file'), signal))!, metadata, unkept);
  });

  promise('write() replaces what it was told to, at once and wholly', async (store) => {
    const first = await put(store, 'file', 'first');
    const second = await put(store, 'file', 'the second', { replaces: first, durable: true });
    assert.equal(await contentOf(store, 'file'), 'the second');
    assert.notEqual(second.print, first.print);
    assert.deepEqual(await namesIn(store), ['file']);
  });
}

/** A rival's file is never lost. */
function holdsItsOwn(promise: Promises): void {
  promise('write() to a name that is taken is a conflict', async (store, _, blindTo) => {
    await put(store, 'file', 'was here');
    await assert.rejects(put(store, 'file', 'new'), isKind('conflict'));
    assert.equal(await contentOf(store, 'file'), 'was here');
    if (!store.makeDirectory || blindTo.includes('directories')) return;
    await store.makeDirectory(at('dir'), noMetadata, signal);
    await assert.rejects(put(store, 'dir', 'new'), isKind('conflict'));
    assert.deepEqual(await namesIn(store), ['dir', 'file']);
  });

  promise('write() does not replace what a rival put there meanwhile', async (store, rival) => {
    const old = await put(store, 'file', 'old');
    await using other = await rival();
    await put(other, 'file', 'rival', { replaces: (await other.stat(at('file'), signal))! });
    await assert.rejects(put(store, 'file', 'new', { replaces: old }), isKind('conflict'));
    assert.equal(await contentOf(store, 'file'), 'rival');
    await other.remove(at('file'), signal);
    await assert.rejects(put(store, 'file', 'new', { replaces: old }), isKind('conflict'));
    assert.deepEqual(await namesIn(store), []);
  });
}

function faults(promise: Promises): void {
  const broken = new TransferError('transient', 'the line broke');
  const isBroken = (error: unknown) => error === broken;

  for (const after of [0, 1, 300_000, 700_000]) {
    promise(
      `write() of a body that breaks after ${after} bytes leaves nothing, and works again`,
      async (store, rival) => {
        const content = counted(700_000);
        const source = await put(store, 'source', content);
        await using from = faulty(await rival(), [{ on: 'read', call: 1, after, error: broken }]);
        const copy = () => store.write(at('copy'), from.read(source), how({ durable: true }), signal);
        await assert.rejects(copy(), isBroken);
        assert.deepEqual(await namesIn(store), ['source']);
        const { entry } = await copy();
        assert.ok((await bytesOf(store.read(entry))).equals(content));
      },
    );
  }

  promise('write() of a body that breaks keeps what was there', async (store, rival) => {
    const old = await put(store, 'file', 'old');
    const source = await put(store, 'source', counted(700_000));
    await using from = faulty(await rival(), [{ on: 'read', call: 1, after: 300_000, error: broken }]);
    await assert.rejects(
      store.write(at('file'), from.read(source), how({ replaces: old }), signal),
      isBroken,
    );
    assert.equal(await contentOf(store, 'file'), 'old');
    assert.deepEqual(await namesIn(store), ['file', 'source']);
  });

  promise('write() of a body that ends early is corrupt', async (store) => {
    const body = { ...bodyOf('too little'), size: 11 };
    await assert.rejects(store.write(at('file'), body, how(), signal), isKind('corrupt'));
    assert.deepEqual(await namesIn(store), []);
  });

  promise('write() of a body that goes on is corrupt, as soon as that shows', async (store) => {
    let given = 0;
    const open: Body['open'] = async function* () {
      for (; given < 5_000_000; given += 100_000) yield counted(100_000);
    };
    await assert.rejects(store.write(at('file'), { size: 250_000, open }, how(), signal), isKind('corrupt'));
    assert.ok(given < 2_000_000, `${given} bytes were taken`);
    assert.deepEqual(await namesIn(store), []);
  });

  promise('write() that is stopped leaves nothing', async (store) => {
    const stopper = new AbortController();
    const open: Body['open'] = async function* (range, on) {
      for await (const chunk of bodyOf(counted(700_000)).open(range, on)) {
        yield chunk;
        stopper.abort('SIGINT');
      }
    };
    const writing = store.write(at('file'), { size: 700_000, open }, how(), stopper.signal);
    await assert.rejects(writing, (reason) => reason === 'SIGINT');
    assert.deepEqual(await namesIn(store), []);
  });

  promise(
    'write() made again because its answer was lost is a conflict, and all is there',
    async (store, rival) => {
      await using shaky = faulty(await rival(), [{ on: 'write', call: 1, after: 1, error: broken }]);
      await assert.rejects(put(shaky, 'file', 'whole'), isBroken);
      await assert.rejects(put(shaky, 'file', 'whole'), isKind('conflict'));
      assert.equal(await contentOf(store, 'file'), 'whole');
      assert.deepEqual(await namesIn(store), ['file']);
    },
  );

  promise('write() uses a partial name that a killed run left', async (store) => {
    const partial = Buffer.from('.left by a kill');
    await put(store, partial, 'half');
    await put(store, 'file', 'whole', { partial });
    assert.equal(await contentOf(store, 'file'), 'whole');
  });

  promise('list() that broke half way can be begun again', async (store, rival) => {
    for (const name of ['a', 'b', 'c']) await put(store, name, '');
    await using shaky = faulty(await rival(), [{ on: 'list', call: 1, after: 2, error: broken }]);
    await assert.rejects(namesIn(shaky), isBroken);
    assert.deepEqual(await namesIn(shaky), ['a', 'b', 'c']);
  });
}

/** What was only listed, in full. */
async function known(store: Store, entry: Listed): Promise<Listed> {
  const isBrief = entry.kind === 'file' && entry.isBrief;
  return isBrief ? (await store.stat(entry.path, signal))! : entry;
}

/** Where its bytes are on a disk may be decided later; fractions of a second may be told by a listing alone. */
function lasting(entry: Listed): object {
  const told = { finelyNs: undefined, changedSeconds: undefined }; // by listings alone
  return { ...entry, path: Buffer.from(entry.path), allocated: undefined, ...told };
}
