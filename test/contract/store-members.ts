/** What a Store promises of the members that only some have. */
import assert from 'node:assert/strict';
import { TransferError } from '../../src/errors.ts';
import type { Body } from '../../src/store/body.ts';
import { noMetadata } from '../../src/store/entry.ts';
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
import type { Promises } from './store.ts';

const MiB = 1024 * 1024;

export function members(promise: Promises): void {
  promise('canonical() is the same for all who open the place', async (store, rival) => {
    await using other = await rival();
    assert.deepEqual(await other.canonical?.(signal), await store.canonical?.(signal));
  });

  promise('listNow() knows what list() does, or nothing', async (store) => {
    if (!store.listNow) return;
    await put(store, 'one', 'x');
    const now = store.listNow(at(''));
    if (now)
      assert.deepEqual(
        now.map(({ path }) => Buffer.from(path).toString()),
        await namesIn(store),
      );
    assert.equal(store.listNow(at('gone')), undefined);
  });

  promise('makeDirectory() makes one, with its metadata, and only one', async (store, _, blindTo) => {
    if (!store.makeDirectory) return;
    const metadata = { mode: 0o2750, owner: { uid: 12, gid: 34 }, mtimeNs: 987_654_321_000_000_001n };
    const unkept = await store.makeDirectory(at('dir'), metadata, signal);
    const entry = await store.stat(at('dir'), signal);
    assert.equal(entry!.kind, 'directory');
    keeps(entry!, metadata, unkept);
    await assert.rejects(store.makeDirectory(at('dir'), metadata, signal), isKind('conflict'));
    if (blindTo.includes('directories')) return;
    await assert.rejects(store.makeDirectory(at('none/below'), metadata, signal), isKind('missing'));
  });

  promise('makeSymlink() makes any, readLink() reads it, nothing follows it', async (store, _, blindTo) => {
    if (!store.makeSymlink) return;
    const metadata = { mode: undefined, owner: { uid: 12, gid: 34 }, mtimeNs: 7n };
    const long = longestTarget(blindTo);
    for (const target of ['nowhere', '../out', '/etc', 'caf\xe9\n', 'x'.repeat(long)]) {
      const bytes = Buffer.from(target, 'latin1');
      const unkept = await store.makeSymlink(at('link'), bytes, { ...metadata, mode: 0o644 }, signal);
      assert.ok(!unkept.includes('mode'));
      const entry = await store.stat(at('link'), signal);
      assert.equal(entry!.kind, 'symlink');
      keeps(entry!, metadata, unkept);
      assert.deepEqual(Buffer.from((await store.readLink!(at('link'), signal))!), bytes);
      await store.remove(at('link'), signal);
    }
    assert.equal(await store.readLink!(at('link'), signal), undefined);
  });

  promise('nothing is read or written through a symlink', async (store, _, blindTo) => {
    if (!store.makeSymlink || !store.makeDirectory || blindTo.includes('directories')) return;
    await store.makeDirectory(at('dir'), noMetadata, signal);
    const inside = await put(store, 'dir/file', 'inside');
    await store.makeSymlink(at('link'), Buffer.from('dir'), noMetadata, signal);
    await store.makeSymlink(at('dir/alias'), Buffer.from('file'), noMetadata, signal);
    for (const path of ['link/file', 'link/none/file']) {
      assert.equal(await store.stat(at(path), signal), undefined);
      assert.equal(await store.remove(at(path), signal), false);
      await assert.rejects(bytesOf(store.read({ ...inside, path: at(path) })), isKind('refused', 'conflict'));
      await assert.rejects(put(store, path, 'x'), isKind('refused', 'conflict'));
    }
    await assert.rejects(namesIn(store, 'link'), isKind('refused', 'conflict'));
    await assert.rejects(bytesOf(store.read({ ...inside, path: at('dir/alias') })), isKind('changed'));
    assert.deepEqual(await namesIn(store, 'dir'), ['dir/alias', 'dir/file']);
  });

  promise('makeLink() gives a file a second name, and both say so', async (store, _, blindTo) => {
    if (!store.makeLink) return;
    const { linked } = await put(store, 'file', 'once');
    await store.makeLink(at('again'), at('file'), signal);
    const both = await Array.fromAsync(['file', 'again'], (name) => store.stat(at(name), signal));
    const groups = both.map((entry) => entry?.kind === 'file' && entry.linked);
    assert.equal(linked, undefined);
    assert.equal(groups[0] !== undefined, !blindTo.includes('links'));
    assert.equal(groups[0], groups[1]);
    assert.equal(await contentOf(store, 'again'), 'once');
    await assert.rejects(store.makeLink(at('again'), at('file'), signal), isKind('conflict'));
    await assert.rejects(store.makeLink(at('other'), at('none'), signal), isKind('missing'));
  });

  promise('dress() changes what is given, and only that', async (store) => {
    if (!store.dress) return;
    await put(store, 'file', 'x', { metadata: { ...noMetadata, mode: 0o600, mtimeNs: 5_000_000_000n } });
    const metadata = { ...noMetadata, mode: 0o444 };
    const unkept = await store.dress(at('file'), metadata, signal);
    const entry = await store.stat(at('file'), signal);
    keeps(entry!, metadata, unkept);
    assert.equal(entry!.mtimeNs, 5_000_000_000n);
    await assert.rejects(store.dress(at('none'), metadata, signal), isKind('missing'));
  });

  promise('sync() may be called at any time', async (store) => {
    await store.sync?.(signal);
    await put(store, 'file', 'x');
    await store.sync?.(signal);
  });

  promise('Body.data() leaves out nothing but zeros, and write() keeps holes', async (store) => {
    const content = Buffer.alloc(4 * MiB);
    const ranges = [0, 2 * MiB, 3 * MiB].map((offset) => ({ offset, length: 64 * 1024 }));
    for (const { offset, length } of ranges) counted(length).copy(content, offset);
    const body: Body = {
      ...bodyOf(content),
      async *data() {
        yield* ranges;
      },
    };
    const held = store.read((await store.write(at('file'), body, how(), signal)).entry);
    const rebuilt = Buffer.alloc(held.size);
    for await (const range of held.data?.(signal) ?? [{ offset: 0, length: held.size }])
      (await bytesOf(held, range)).copy(rebuilt, range.offset);
    assert.ok(rebuilt.equals(content));
    assert.ok((await bytesOf(held)).equals(content));
  });

  promise('parts put a file together, in any order and as often as wanted', async (store, rival) => {
    if (!store.parts) return;
    const step = store.parts.rangeBytes?.(0);
    const length = step ?? 300 * 1024; // more than moves in one piece
    const content = counted(2 * length + 5);
    const body = store.read(await put(store, 'source', content));
    const metadata = { mode: 0o6750, owner: { uid: 12, gid: 34 }, mtimeNs: 1_234_567_890_123_456_789n };
    const partial = await store.parts.begin(
      at('file'),
      { ...how({ metadata }), size: body.size, origin: body.origin },
      signal,
    );
    await using other = await rival();
    const cuts = [0, length, 2 * length + (step ? 0 : 1), body.size];
    const ranges = cuts.slice(1).map((end, i) => ({ offset: cuts[i]!, length: end - cuts[i]! }));
    const hands = [store, other, other];
    await Promise.all(ranges.map((range, i) => hands[i]!.parts!.put(partial, range, body, signal)).reverse());
    await other.parts!.put(partial, ranges[1]!, body, signal);
    assert.equal(await store.stat(at('file'), signal), undefined);
    const named = how({ metadata });
    const { entry, unkept } = await other.parts!.finish(partial, at('file'), named, signal);
    keeps(entry, metadata, unkept);
    assert.ok((await bytesOf(store.read(entry))).equals(content));
    assert.deepEqual(await namesIn(store), ['file', 'source']);
  });

  promise('parts replace what they were told to, and nothing of a rival', async (store) => {
    if (!store.parts) return;
    const old = await put(store, 'file', 'old');
    const [range, source] = [{ offset: 0, length: 5 }, bodyOf('newer')];
    const begin = () =>
      store.parts!.begin(at('file'), { ...how({ replaces: old }), size: 5, origin: undefined }, signal);
    let partial = await begin();
    const finish = (replaces: typeof old | undefined) =>
      store.parts!.finish(partial, at('file'), { metadata: noMetadata, replaces }, signal);
    await store.parts.put(partial, range, source, signal);
    await assert.rejects(finish(undefined), isKind('conflict'));
    await finish(old);
    assert.equal(await contentOf(store, 'file'), 'newer');
    partial = await begin();
    await assert.rejects(finish(old), isKind('conflict'));
    await store.parts.drop(partial, signal);
    await store.parts.drop(partial, signal);
    await assert.rejects(store.parts.put(partial, range, source, signal), isKind('missing'));
    assert.deepEqual(await namesIn(store), ['file']);
  });

  promise('parts that break or are stopped can be put again', async (store, rival) => {
    if (!store.parts) return;
    const file = await put(store, 'source', counted(700_000));
    const error = new TransferError('transient', 'the line broke');
    await using from = faulty(await rival(), [{ on: 'read', call: 1, after: 300_000, error }]);
    const body = from.read(file);
    const range = { offset: 0, length: body.size };
    const partial = await store.parts.begin(
      at('file'),
      { ...how(), size: body.size, origin: body.origin },
      signal,
    );
    await assert.rejects(store.parts.put(partial, range, body, signal), (thrown) => thrown === error);
    const stopped = store.parts.put(partial, range, body, AbortSignal.abort('SIGINT'));
    await assert.rejects(stopped, (reason) => reason === 'SIGINT');
    await store.parts.put(partial, range, body, signal);
    const finished = await store.parts.finish(
      partial,
      at('file'),
      { metadata: noMetadata, replaces: undefined },
      signal,
    );
    assert.ok((await bytesOf(store.read(finished.entry))).equals(counted(700_000)));
  });
}

function longestTarget(blindTo: readonly string[]): number {
  if (blindTo.includes('long symlinks')) return 200;
  return blindTo.includes('long paths') ? 1500 : 4000;
}
