import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { noMetadata } from '../../src/store/entry.ts';
import { openStore } from '../../src/store/open.ts';
import { itself } from '../../src/store/path.ts';
import type { Store } from '../../src/store/store.ts';
import { type Place, storeContract } from '../contract/store.ts';
import { at, bytesOf, contentOf, counted, how, isKind, namesIn, put, signal } from './bodies.ts';

type LocalPlace = Place & { readonly path: string };

const umask = process.umask();
const textOf = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString();
const open = (path: string) => openStore({ kind: 'local', path: Buffer.from(path) });

async function place(below = ''): Promise<LocalPlace> {
  const path = fs.mkdtempSync(join(tmpdir(), 'store-'));
  const store = await open(join(path, below));
  return {
    path,
    store,
    rival: () => open(join(path, below)),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      fs.rmSync(path, { recursive: true });
    },
  };
}

function promise(what: string, check: (store: Store, path: string) => Promise<void>) {
  test(what, async () => {
    await using here = await place();
    await check(here.store, here.path);
  });
}

storeContract('openStore() of a directory', place);

test('openStore() of a place this build cannot go to says so', async () => {
  const s3 = openStore({ kind: 's3', bucket: 'b', prefix: 'p' });
  await assert.rejects(s3, isKind('unsupported'));
});

promise('stat() gives what the system says, of every kind of entry', async (store, path) => {
  fs.writeFileSync(join(path, 'file'), 'content');
  fs.chmodSync(join(path, 'file'), 0o4751);
  execFileSync(
    'sh',
    ['-c', 'mkfifo fifo; ln -s nowhere symlink; mkdir directory; touch -hd @-1.000000001 *'],
    { cwd: path },
  );
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(join(path, 'socket'), resolve));
  for (const name of fs.readdirSync(path)) {
    const entry = (await store.stat(at(name), signal))!;
    const { mode, uid, gid, mtimeNs, size, blocks } = fs.lstatSync(join(path, name), { bigint: true });
    assert.equal(entry.kind, name);
    assert.deepEqual([entry.mode, entry.mtimeNs], [Number(mode) & 0o7777, mtimeNs]);
    assert.deepEqual(entry.owner, { uid: Number(uid), gid: Number(gid) });
    if (entry.kind === 'file')
      assert.deepEqual([entry.size, entry.allocated], [Number(size), Number(blocks) * 512]);
  }
  await new Promise((resolve) => server.close(resolve));
});

test('stat() gives the numbers of devices', async () => {
  await using store = await open('/dev');
  const { kind, ...found } = (await store.stat(at('null'), signal))!;
  assert.equal(kind, 'character');
  assert.deepEqual('major' in found && [found.major, found.minor], [1, 3]);
});

test('a place that is one file is read, replaced and removed as itself', async () => {
  await using here = await place('file');
  const { store } = here;
  assert.equal(await store.stat(itself, signal), undefined);
  const wrote = await put(store, '', 'one');
  assert.deepEqual([wrote.kind, wrote.path.length], ['file', 0]);
  assert.equal(await contentOf(store, ''), 'one');
  await put(store, '', 'two', { replaces: wrote });
  assert.equal(fs.readFileSync(join(here.path, 'file'), 'utf8'), 'two');
  await assert.rejects(namesIn(store), isKind('conflict'));
  assert.equal(await store.remove(itself, signal), true);
});

test('a place that is not there yet can be made, and then used', async () => {
  await using here = await place('new');
  const { store } = here;
  await assert.rejects(put(store, 'file', 'x'), isKind('missing'));
  await store.makeDirectory!(itself, { ...noMetadata, mode: 0o750 }, signal);
  await put(store, 'file', 'x');
  assert.equal(fs.statSync(join(here.path, 'new')).mode & 0o7777, 0o750);
  assert.deepEqual(await namesIn(store), ['file']);
});

test('the place itself is reached through symlinks, as the person named it', async () => {
  await using here = await place('way/place/');
  fs.mkdirSync(join(here.path, 'real/place'), { recursive: true });
  fs.symlinkSync('real', join(here.path, 'way'));
  fs.symlinkSync('place', join(here.path, 'real/alias'));
  await put(here.store, 'file', 'x');
  await using alias = await open(join(here.path, 'way/alias'));
  assert.deepEqual(await namesIn(alias), ['file']);
  const real = fs.realpathSync(join(here.path, 'real/place'));
  for (const store of [here.store, alias]) assert.equal(textOf(await store.canonical!(signal)), real);
});

test('canonical() of what is not there is where it would be; without a directory for it, undefined', async () => {
  await using here = await place('way/new');
  assert.equal(await here.store.canonical!(signal), undefined);
  fs.symlinkSync('/', join(here.path, 'way'));
  assert.equal(textOf(await here.store.canonical!(signal)), '/new');
  await using top = await open('/none such');
  assert.equal(textOf(await top.canonical!(signal)), '/none such');
  await using root = await open('/');
  assert.equal(textOf(await root.canonical!(signal)), '/');
  assert.equal((await root.stat(itself, signal))!.kind, 'directory');
  assert.ok((await namesIn(root)).includes('dev'));
});

promise(
  'a symlink that takes the place of a directory while the store is open leads nowhere',
  async (store, path) => {
    fs.mkdirSync(join(path, 'dir/sub'), { recursive: true });
    fs.mkdirSync(join(path, 'outside/sub'), { recursive: true });
    const entry = await put(store, 'dir/sub/file', 'mine');
    fs.renameSync(join(path, 'dir'), join(path, 'moved'));
    fs.symlinkSync('outside', join(path, 'dir'));
    await assert.rejects(put(store, 'dir/sub/new', 'x'), isKind('refused'));
    await assert.rejects(bytesOf(store.read(entry)), isKind('refused'));
    await assert.rejects(store.makeDirectory!(at('dir/sub/new'), noMetadata, signal), isKind('refused'));
    await assert.rejects(
      store.dress!(at('dir/sub/file'), { ...noMetadata, mode: 0 }, signal),
      isKind('refused'),
    );
    assert.deepEqual(fs.readdirSync(join(path, 'outside/sub')), []);
  },
);

promise('read() notices a write into the file, whatever its size and time say', async (store, path) => {
  const entry = await put(store, 'file', counted(700_000));
  const reading = async () => {
    for await (const _ of store.read(entry).open({ offset: 0, length: 700_000 }, signal)) {
      fs.writeFileSync(join(path, 'file'), 'X', { flag: 'r+' });
      await store.dress!(at('file'), { ...noMetadata, mtimeNs: entry.mtimeNs }, signal);
    }
  };
  await assert.rejects(reading(), isKind('changed'));
});

promise('of many who write one name at once, one does, and the others say so', async (store) => {
  const contents = Array.from({ length: 20 }, (_, i) => String(i).repeat(100_000));
  const tries = await Promise.allSettled(contents.map((content) => put(store, 'file', content)));
  const wrote = tries.flatMap(({ status }, i) => (status === 'fulfilled' ? [contents[i]] : []));
  assert.deepEqual(wrote, [await contentOf(store, 'file')]);
  for (const one of tries) if (one.status === 'rejected') isKind('conflict')(one.reason);
  assert.deepEqual(await namesIn(store), ['file']);
});

promise(
  'write() gives new files and directories the mode of the umask, where none is to be kept',
  async (store) => {
    await put(store, 'file', 'x');
    await store.makeDirectory!(at('dir'), noMetadata, signal);
    const modes = await Promise.all(
      ['file', 'dir'].map(async (name) => (await store.stat(at(name), signal))!.mode),
    );
    assert.deepEqual(modes, [0o666 & ~umask, 0o777 & ~umask]);
    assert.equal(process.umask(), umask);
  },
);

promise('write() keeps holes as holes', async (store, path) => {
  execFileSync(
    'sh',
    ['-c', 'truncate -s 8M source; printf x | dd of=source bs=1 seek=4M conv=notrunc status=none'],
    { cwd: path },
  );
  const source = await store.stat(at('source'), signal);
  assert.ok(source?.kind === 'file' && source.allocated! < source.size);
  const body = store.read(source);
  const { entry } = await store.write(at('copy'), body, how(), signal);
  execFileSync('cmp', ['source', 'copy'], { cwd: path });
  assert.ok(entry.allocated! < 1024 * 1024);
  const stopped = Array.fromAsync(body.data!(AbortSignal.abort('SIGINT')));
  await assert.rejects(stopped, (reason) => reason === 'SIGINT');
});

promise('a store holds one descriptor, and none when it is closed', async (_store, path) => {
  const descriptors = () => fs.readdirSync('/proc/self/fd').length;
  const before = descriptors();
  const store = await open(path);
  const entry = await put(store, 'file', counted(700_000), { durable: true });
  await assert.rejects(put(store, 'file', 'x'), isKind('conflict'));
  for await (const _ of store.read(entry).open({ offset: 0, length: 700_000 }, signal)) break;
  await assert.rejects(bytesOf(store.read({ ...entry, print: 'other' })), isKind('changed'));
  for await (const _ of store.list(itself, signal)) break;
  await store.makeSymlink!(at('link'), Buffer.from('x'), noMetadata, signal);
  await store.sync!(signal);
  assert.equal(descriptors(), before + 1);
  await store[Symbol.asyncDispose]();
  assert.equal(descriptors(), before);
});

promise('times before 1970 are kept to the nanosecond', async (store, path) => {
  await put(store, 'file', 'x', { metadata: { ...noMetadata, mtimeNs: -5n } });
  assert.equal(fs.statSync(join(path, 'file'), { bigint: true }).mtimeNs, -5n);
});

promise('list() of a wide directory lets the rest of the program have a turn', async (store, path) => {
  fs.writeFileSync(join(path, '0'), '');
  for (let i = 1; i < 3000; i++) fs.linkSync(join(path, '0'), join(path, String(i)));
  const stopper = new AbortController();
  setImmediate(() => stopper.abort('SIGINT'));
  const listing = Array.fromAsync(store.list(itself, stopper.signal));
  await assert.rejects(listing, (reason) => reason === 'SIGINT');
});

promise(
  'what is zeros of a source that does not tell its holes is a hole, also over what was there',
  async (store, path) => {
    const size = 4 * 1024 * 1024;
    const content = Buffer.alloc(size);
    content.write('begin', 0);
    content.write('end', size - 3);
    await put(store, 'whole', content);
    const parts = store.parts!;
    const partial = await parts.begin(at('parts'), { ...how(), size, origin: undefined }, signal);
    const body = (bytes: Buffer) => ({
      size,
      async *open({ offset, length }: { offset: number; length: number }) {
        yield bytes.subarray(offset, offset + length);
      },
    });
    for (const bytes of [counted(size), content])
      for (let offset = 0; offset < size; offset += size / 8)
        await parts.put(partial, { offset, length: size / 8 }, body(bytes), signal);
    await parts.finish(partial, at('parts'), how(), signal);
    for (const name of ['whole', 'parts']) {
      assert.ok(fs.readFileSync(join(path, name)).equals(content), name);
      assert.ok(fs.statSync(join(path, name)).blocks * 512 < size / 2, `${name} has a hole`);
    }
  },
);
