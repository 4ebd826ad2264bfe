/** What a Store promises of the members that only some have. */
import assert from 'node:assert/strict';
import { type Body, noMetadata } from '../../src/store/store.ts';
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
import type { Promises } from './store.ts';

const MiB = 1024 * 1024;

export function members(promise: Promises): void {
  promise('canonical() is the same for all who open the place', async (store, rival) => {
    await using other = await rival();
    assert.deepEqual(await other.canonical?.(signal), await store.canonical?.(signal));
  });

  promise('makeDirectory() makes one, with its metadata, and only one', async (store) => {
    if (!store.makeDirectory) return;
    const metadata = { mode: 0o2750, owner: { uid: 12, gid: 34 }, mtimeNs: 987_654_321_000_000_001n };
    const unkept = await store.makeDirectory(at('dir'), metadata, signal);
    const entry = await store.stat(at('dir'), signal);
    assert.equal(entry!.kind, 'directory');
    keeps(entry!, metadata, unkept);
    await assert.rejects(store.makeDirectory(at('dir'), metadata, signal), isKind('conflict'));
    await assert.rejects(store.makeDirectory(at('none/below'), metadata, signal), isKind('missing'));
  });

  promise('makeSymlink() makes any, readLink() reads it, nothing follows it', async (store) => {
    if (!store.makeSymlink) return;
    const metadata = { mode: undefined, owner: { uid: 12, gid: 34 }, mtimeNs: 7n };
    for (const target of ['nowhere', '../out', '/etc', 'caf\xe9\n', 'x'.repeat(4000)]) {
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

  promise('nothing is read or written through a symlink', async (store) => {
    if (!store.makeSymlink || !store.makeDirectory) return;
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
}
