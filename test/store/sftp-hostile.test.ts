/** What a server that is broken, or hostile, can do: nothing but be refused. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { TransferError } from '../../src/errors.ts';
import type { FileEntry } from '../../src/store/entry.ts';
import { itself } from '../../src/store/path.ts';
import { encodeAttributes } from '../../src/store/sftp/protocol/attributes.ts';
import { connect } from '../../src/store/sftp/protocol/client.ts';
import { encode, type Field, raw } from '../../src/store/sftp/protocol/encode.ts';
import { packet, status } from '../../src/store/sftp/protocol/numbers.ts';
import { open as openFile } from '../../src/store/sftp/protocol/requests.ts';
import type { OpenWire } from '../../src/store/sftp/protocol/wire.ts';
import type { Store } from '../../src/store/store.ts';
import { at, bodyOf, bytesOf, how, isKind, namesIn, signal } from './bodies.ts';
import { openFar, program } from './far.ts';
import { type Asked, answer, nothing, type Scripted, scripted, statusOf } from './scripted.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const regular = encodeAttributes({ size: 5, mode: 0o100644, times: { atime: 1, mtime: 1 } });
const handle = bytes('h');

async function on(server: Scripted, work: (store: Store) => Promise<void>): Promise<void> {
  await using store = await openFar('/place', server.open);
  await work(store);
}

/** One whose only file is `/place/file`, and which says `told` of certain requests. */
function serving(told: Told): Scripted {
  return scripted((asked) => (told[asked.type] ?? usual[asked.type] ?? (() => nothing))(asked));
}

type Told = Readonly<Record<number, (asked: Asked) => Uint8Array | undefined>>;

const usual: Told = {
  [packet.OPEN]: (asked) => answer(asked, packet.HANDLE, handle),
  [packet.OPENDIR]: (asked) => answer(asked, packet.HANDLE, handle),
  [packet.CLOSE]: (asked) => statusOf(asked, status.OK),
  [packet.LSTAT]: (asked) => answer(asked, packet.ATTRS, regular),
  [packet.FSTAT]: (asked) => answer(asked, packet.ATTRS, regular),
};

function names(asked: Asked, ...listed: readonly string[]): Buffer {
  const entries = listed.flatMap((name): Field[] => [bytes(name), bytes('long'), regular]);
  return answer(asked, packet.NAME, listed.length, ...entries);
}

async function readFrom(store: Store): Promise<Buffer> {
  return bytesOf(store.read((await store.stat(at('file'), signal)) as FileEntry));
}

/** Reads nothing, and goes when it is seen to have closed its input. */
const deaf = 'exec 0<&-; : >"$1"; read -r _ <"$1"; exit 3';

test('a program that closes its input before a greeting, and goes, is told from a lost connection', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'difpipe-deaf-'));
  const fifo = join(dir, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const open: OpenWire = async (until) => {
    const wire = await program('sh', ['-c', deaf, 'sh', fifo])(until);
    await readFile(fifo);
    wire.stdin.on('close', () => void writeFile(fifo, '\n'));
    return wire;
  };
  try {
    await assert.rejects(openFar('/place', open), isKind('unsupported'));
  } finally {
    rmSync(dir, { recursive: true });
  }
});

for (const noise of ['Welcome to our server!\n', '\0\0\0\0', '\0\0\0\x05\x65\0\0\0\0']) {
  test(`a server that says ${JSON.stringify(noise)} first is told from SFTP`, async () => {
    const server = scripted(() => nothing, bytes(noise));
    await assert.rejects(openFar('/place', server.open), (error: TransferError) => {
      assert.match(error.message, /far says something else than SFTP/);
      assert.match(error.hint!, /\.bashrc/);
      return isKind('corrupt')(error);
    });
  });
}

test('a server of another version is not spoken to, nor one that never speaks', async () => {
  const other = scripted(() => nothing, bytes('\0\0\0\x05\x02\0\0\0\x06'));
  await assert.rejects(openFar('/place', other.open), isKind('unsupported'));
  const silent: Scripted['open'] = async (on) => {
    const wire = await scripted(() => undefined).open(on);
    wire.stdout.destroy();
    return { ...wire, ended: Promise.resolve({ code: 127, signal: undefined }) };
  };
  await assert.rejects(openFar('/place', silent), isKind('unsupported', 'transient'));
});

const lies: Readonly<Record<string, (asked: Asked) => Uint8Array>> = {
  'a packet of 4 GB': () => bytes('\xff\xff\xff\xff'),
  'a packet of nothing': () => bytes('\0\0\0\0'),
  'an id that nobody used': ({ id, type }) => statusOf({ id: id + 77, type }, status.OK),
  'its version again': () => bytes('\0\0\0\x05\x02\0\0\0\x03'),
  'attributes that are cut': (asked) => answer(asked, packet.ATTRS, 0xf, 0),
  'more attributes than it sends': (asked) => answer(asked, packet.ATTRS, 0x80000000, 0xffffffff),
  'a size above all sizes': (asked) => answer(asked, packet.ATTRS, 1, 0xffffffffffffffffn),
  'OK for what is there': (asked) => statusOf(asked, status.OK),
  'a handle for attributes': (asked) => answer(asked, packet.HANDLE, handle),
  'a status that is cut': (asked) => answer(asked, packet.STATUS),
};

for (const [lie, told] of Object.entries(lies)) {
  test(`${lie}: it is not believed, and not spoken to again`, async () => {
    const server = serving({ [packet.LSTAT]: told });
    await on(server, async (store) => {
      const [one, two] = await Promise.allSettled(
        ['file', 'other'].map((name) => store.stat(at(name), signal)),
      );
      assert.ok(one?.status === 'rejected' && two?.status === 'rejected');
      isKind('corrupt')(one.reason);
      isKind('corrupt')(two.reason);
      assert.equal(server.opened(), 1);
      await assert.rejects(store.stat(at('file'), signal), isKind('corrupt'));
      assert.equal(server.opened(), 2);
    });
  });
}

for (const [what, content] of [
  ['more bytes than were asked for', '123456'],
  ['no bytes at all', ''],
] as const) {
  test(`${what}: corrupt`, async () => {
    const server = serving({ [packet.READ]: (asked) => answer(asked, packet.DATA, bytes(content)) });
    await on(server, (store) => assert.rejects(readFrom(store), isKind('corrupt')));
  });
}

test('a file that ends before its size is corrupt, and a handle has its length', async () => {
  const short = serving({ [packet.READ]: (asked) => statusOf(asked, status.EOF) });
  await on(short, (store) => assert.rejects(readFrom(store), isKind('corrupt')));
  const long = serving({ [packet.OPEN]: (asked) => answer(asked, packet.HANDLE, bytes('x'.repeat(257))) });
  await on(long, (store) => assert.rejects(readFrom(store), isKind('corrupt')));
});

test('names that are none are listed as such, and never used', async () => {
  const hostile = ['.', '..', 'good', '../x', '/etc/passwd', 'a/b', '', 'nul\0', '...'];
  let left = 1;
  const server = serving({
    [packet.READDIR]: (asked) => (left-- > 0 ? names(asked, ...hostile) : statusOf(asked, status.EOF)),
  });
  await on(server, async (store) => {
    const listed = await Array.fromAsync(store.list(itself, signal));
    const usable = listed.filter(({ kind }) => kind !== 'unlisted');
    assert.deepEqual(
      usable.map(({ path }) => Buffer.from(path).toString()),
      ['good', '...'],
    );
    assert.equal(listed.length - usable.length, 5);
    for (const one of listed) if (one.kind === 'unlisted') isKind('unsupported')(one.error);
  });
});

for (const [what, told] of [
  ['names that are counted and not there', (asked: Asked) => answer(asked, packet.NAME, 0xffffffff)],
  ['names that are cut', (asked: Asked) => answer(asked, packet.NAME, 1, raw(9, 9))],
] as const) {
  test(`${what}: corrupt`, async () => {
    await on(serving({ [packet.READDIR]: told }), (store) =>
      assert.rejects(namesIn(store), isKind('corrupt')),
    );
  });
}

test('an endless listing is asked for as it is taken, and may be left', async () => {
  const some = Array.from({ length: 100 }, (_, i) => `name ${i}`);
  const closed = Promise.withResolvers<void>();
  const server = serving({
    [packet.READDIR]: (asked) => names(asked, ...some),
    [packet.CLOSE]: (asked) => {
      closed.resolve();
      return statusOf(asked, status.OK);
    },
  });
  await on(server, async (store) => {
    let taken = 0;
    for await (const _ of store.list(itself, signal)) if (++taken === 20_000) break;
    await closed.promise;
    const asked = server.asked.filter(({ type }) => type === packet.READDIR).length;
    assert.ok(asked <= 200 + 17, `${asked} were asked for`);
  });
});

test('a link target or a home that no path can hold is not taken', async () => {
  const told = (asked: Asked) => names(asked, 'x\0y');
  await on(serving({ [packet.READLINK]: told }), (store) =>
    assert.rejects(store.readLink!(at('file'), signal), isKind('corrupt')),
  );
  const server = serving({ [packet.REALPATH]: (asked) => names(asked, 'relative') });
  await assert.rejects(openFar('below home', server.open), isKind('corrupt'));
});

test('a server that goes away fails all who wait as transient, and is asked for again', async () => {
  let isAway = true;
  const told = (asked: Asked) => (isAway ? undefined : answer(asked, packet.ATTRS, regular));
  const server = serving({ [packet.LSTAT]: told });
  await on(server, async (store) => {
    const waiting = ['a', 'b', 'c'].map((name) => store.stat(at(name), signal));
    for (const one of await Promise.allSettled(waiting)) {
      assert.ok(one.status === 'rejected');
      isKind('transient')(one.reason);
    }
    isAway = false;
    assert.equal((await store.stat(at('a'), signal))?.kind, 'file');
    assert.equal(server.opened(), 2);
  });
});

test('an abort does not wait for a server that says nothing', async () => {
  const server = serving({ [packet.LSTAT]: () => nothing });
  await on(server, async (store) => {
    const stopper = new AbortController();
    const waiting = ['a', 'b'].map((name) => store.stat(at(name), stopper.signal));
    setImmediate(() => stopper.abort('SIGINT'));
    for (const one of await Promise.allSettled(waiting))
      assert.deepEqual(one, { status: 'rejected', reason: 'SIGINT' });
  });
});

test('a handle that comes after an abort is closed', async () => {
  const stopper = new AbortController();
  const closed = Promise.withResolvers<Asked>();
  const server = serving({
    [packet.OPEN]: (asked) => {
      stopper.abort('SIGINT');
      return answer(asked, packet.HANDLE, handle);
    },
    [packet.CLOSE]: (asked) => {
      closed.resolve(asked);
      return statusOf(asked, status.OK);
    },
  });
  await using client = await connect(server.open, 'far', signal);
  const opening = openFile(client, bytes('/x'), { flags: 1 }, stopper.signal);
  await assert.rejects(opening, (reason) => reason === 'SIGINT');
  await closed.promise;
  assert.equal(client.isBroken(), false);
});

const deeds: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  stat: (store) => store.stat(at('file'), signal),
  list: (store) => namesIn(store),
  read: readFrom,
  write: (store) => store.write(at('new'), bodyOf('x'), how({ metadata, durable: true }), signal),
  remove: (store) => store.remove(at('file'), signal),
  canonical: async (store) => store.canonical?.(signal),
  makeDirectory: async (store) => store.makeDirectory?.(at('dir'), metadata, signal),
  makeSymlink: async (store) => store.makeSymlink?.(at('link'), handle, metadata, signal),
  makeLink: async (store) => store.makeLink?.(at('new'), at('file'), signal),
  readLink: async (store) => store.readLink?.(at('file'), signal),
  dress: async (store) => store.dress?.(at('file'), metadata, signal),
  begin: async (store) =>
    store.parts?.begin(at('file'), { ...how({ partial: handle }), size: 1, origin: undefined }, signal),
  put: async (store) => store.parts?.put(at('file'), { offset: 0, length: 1 }, bodyOf('x'), signal),
  finish: async (store) =>
    store.parts?.finish(at('file'), at('new'), { metadata, replaces: undefined }, signal),
  drop: async (store) => store.parts?.drop(at('file'), signal),
};
const metadata = { mode: 0o4755, owner: { uid: 7, gid: 8 }, mtimeNs: 9n };
const offers = ['posix-rename', 'hardlink', 'fsync', 'lsetstat', 'statvfs', 'limits', 'expand-path'];
const offered = offers.flatMap((name) => [bytes(`${name}@openssh.com`), bytes('1')]);

const ok = (asked: Asked) => statusOf(asked, status.OK);

for (const [deed, act] of Object.entries(deeds)) {
  test(`${deed}, whatever is refused with whatever status, ends with an answer or a kind`, async () => {
    for (const refused of Object.values(packet)) {
      for (const code of [0, 1, 2, 3, 4, 5, 6, 7, 8, 31, 0xffffffff]) {
        const told = (asked: Asked) =>
          asked.type === refused ? statusOf(asked, code) : (usual[asked.type] ?? ok)(asked);
        const server = scripted(told, encode(packet.VERSION, [3, ...offered]));
        const done = await openFar('/place', server.open)
          .then(async (store) => {
            await using opened = store;
            return await act(opened);
          })
          .catch((error) => error);
        if (done instanceof Error) assert.ok(done instanceof TransferError, done.stack ?? '');
      }
    }
  });
}
