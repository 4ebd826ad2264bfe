/** A store behind a real SFTP server, when things go wrong there, and on the way. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { TransferError } from '../../src/errors.ts';
import type { Body } from '../../src/store/body.ts';
import { type FileEntry, noMetadata } from '../../src/store/entry.ts';
import { itself } from '../../src/store/path.ts';
import type { OpenWire, Wire } from '../../src/store/sftp/protocol/wire.ts';
import type { Store } from '../../src/store/store.ts';
import { needs, sftpServer } from '../peer.ts';
import { mounted } from '../survive/ground.ts';
import { at, bodyOf, bytesOf, contentOf, counted, how, isKind, namesIn, put, signal } from './bodies.ts';
import { openFar, plainServer, program, server } from './far.ts';
import { saysFull, saysReadOnly } from './little-room.ts';

const here = fs.mkdtempSync(join(tmpdir(), 'far-'));
after(() => fs.rmSync(here, { recursive: true }));
let made = 0;

function directory(): string {
  const path = join(here, String(made++));
  fs.mkdirSync(path);
  return path;
}

async function on(path: string, work: (store: Store) => Promise<void>, open?: OpenWire): Promise<void> {
  await using store = await openFar(path, open);
  await work(store);
}

/** A server whose wire the test can cut. */
function cuttable(): { readonly open: OpenWire; readonly cut: () => Promise<void> } {
  const wires: Wire[] = [];
  const open: OpenWire = async (on) => {
    const wire = await server()(on);
    wires.push(wire);
    return wire;
  };
  return { open, cut: async () => wires.at(-1)![Symbol.asyncDispose]() };
}

/** A body that does something once half of it was given. */
function halfway(content: Buffer, act: () => Promise<void>): Body {
  return {
    size: content.length,
    async *open({ offset, length }, on) {
      const half = offset + Math.floor(length / 2);
      yield* bodyOf(content).open({ offset, length: half - offset }, on);
      await act();
      yield* bodyOf(content).open({ offset: half, length: offset + length - half }, on);
    },
  };
}

describe('a store behind SFTP that breaks', { skip: needs('sftp-server') }, () => {
  const content = counted(8_000_000);

  test('write() again, where its file got its name and only the answer was lost, leaves no other name', async () => {
    const path = directory();
    fs.writeFileSync(join(path, 'file'), 'content');
    fs.linkSync(join(path, 'file'), join(path, '.partial'));
    await on(path, async (store) => {
      const again = put(store, 'file', 'content', { partial: Buffer.from('.partial') });
      await assert.rejects(again, isKind('conflict'));
    });
    assert.deepEqual(fs.readdirSync(path), ['file']);
  });

  test('write() that is cut off is transient, leaves no name, and works again', async () => {
    const path = directory();
    const line = cuttable();
    const work = async (store: Store) => {
      const wishes = how();
      const broken = store.write(at('file'), halfway(content, line.cut), wishes, signal);
      await assert.rejects(broken, isKind('transient'));
      assert.equal(await store.stat(at('file'), signal), undefined);
      const { entry } = await store.write(at('file'), bodyOf(content), wishes, signal);
      assert.ok((await bytesOf(store.read(entry))).equals(content));
      assert.deepEqual(await namesIn(store), ['file']);
    };
    await on(path, work, line.open);
  });

  test('read() and list() that are cut off are transient, and work again', async () => {
    const path = directory();
    const line = cuttable();
    const work = async (store: Store) => {
      const entry = await put(store, 'file', content);
      const reading = async () => {
        for await (const _ of store.read(entry).open({ offset: 0, length: content.length }, signal))
          await line.cut();
      };
      await assert.rejects(reading(), isKind('transient'));
      assert.ok((await bytesOf(store.read(entry))).equals(content));
      for (let i = 0; i < 2000; i++) fs.writeFileSync(join(path, `${i}`), '');
      const listing = async () => {
        for await (const _ of store.list(itself, signal)) await line.cut();
      };
      await assert.rejects(listing(), isKind('transient'));
      assert.equal((await namesIn(store)).length, 2001);
    };
    await on(path, work, line.open);
  });

  test('more connections are used where there is much to do, and one will do where no more are borne', async () => {
    for (const borne of [4, 2]) {
      const wires: Wire[] = [];
      const open: OpenWire = async (on) => {
        if (wires.length === borne) throw new TransferError('denied', 'too many sessions');
        const wire = await server()(on);
        wires.push(wire);
        return wire;
      };
      await using store = await openFar(directory(), open, 3);
      assert.equal(wires.length, 1);
      for (let round = 0; round < 5; round++) {
        const names = Array.from({ length: 30 }, (_, i) => `${round} ${i}`);
        await Promise.all(names.map((name) => put(store, name, content.subarray(0, 300_000))));
      }
      assert.equal(wires.length, Math.min(borne, 3));
      assert.equal((await namesIn(store)).length, 150);
    }
  });

  test('parts outlive the connection, and finish() may be done again', async () => {
    const path = directory();
    const line = cuttable();
    const work = async (store: Store) => {
      const partial = at('.partial');
      const body = bodyOf(content);
      await store.parts!.begin(
        at('file'),
        { ...how({ partial }), size: body.size, origin: body.origin },
        signal,
      );
      const [first, second] = [0, 4_000_000].map((offset) => ({ offset, length: 4_000_000 }));
      await store.parts!.put(partial, second!, body, signal);
      const broken = store.parts!.put(partial, first!, halfway(content, line.cut), signal);
      await assert.rejects(broken, isKind('transient'));
      await store.parts!.put(partial, first!, body, signal);
      const metadata = { ...noMetadata, mode: 0o600, mtimeNs: 7_000_000_000n };
      const finish = () =>
        store.parts!.finish(partial, at('file'), { metadata, replaces: undefined }, signal);
      const { entry } = await finish();
      assert.deepEqual((await finish()).entry, entry);
      fs.linkSync(join(path, 'file'), join(path, '.partial'));
      assert.deepEqual((await finish()).entry, entry);
      assert.ok((await bytesOf(store.read(entry))).equals(content));
      assert.deepEqual(await namesIn(store), ['file']);
    };
    await on(path, work, line.open);
  });
});

describe('a store behind SFTP', { skip: needs('sftp-server') }, () => {
  test('a path is found as ssh users expect it', async () => {
    const path = directory();
    fs.mkdirSync(join(path, 'a'));
    fs.mkdirSync(join(path, '~nobody-is-called-so'));
    const start = server('-d', path);
    const found = async (typed: string) => {
      await using store = await openFar(typed, start);
      return Buffer.from((await store.canonical!(signal))!).toString();
    };
    const whole = fs.realpathSync(path);
    assert.equal(await found(`${path}/a//`), `${whole}/a`);
    assert.equal(await found(''), whole);
    assert.equal(await found('a'), `${whole}/a`);
    assert.equal(await found('~'), whole);
    assert.equal(await found('~/a'), `${whole}/a`);
    assert.equal(await found('~root'), fs.realpathSync(userInfo().homedir));
    assert.equal(await found('~nobody-is-called-so'), `${whole}/~nobody-is-called-so`);
    assert.equal(await found('new'), `${whole}/new`);
    assert.equal(await found('/'), '/');
  });

  test('a place may be one file, or at the top', async () => {
    const path = directory();
    fs.writeFileSync(join(path, 'file'), 'content');
    await on(join(path, 'file'), async (store) => {
      const entry = (await store.stat(itself, signal)) as FileEntry;
      assert.equal((await bytesOf(store.read(entry))).toString(), 'content');
      await store.write(itself, bodyOf('other'), how({ replaces: entry, durable: true }), signal);
      assert.deepEqual(fs.readdirSync(path), ['file']);
      assert.equal(fs.readFileSync(join(path, 'file'), 'utf8'), 'other');
    });
    await on('/', async (store) => {
      assert.ok((await namesIn(store)).includes('etc'));
      assert.equal((await store.stat(at('etc'), signal))?.kind, 'directory');
    });
  });

  test('more files are copied at once, and directories held, than a server opens', async () => {
    const path = directory();
    await on(path, async (store) => {
      const entries = await Promise.all(
        Array.from({ length: 300 }, (_, i) => put(store, `file ${i}`, counted(1000 + i))),
      );
      const copied = entries.map((entry, i) =>
        store.write(at(`copy ${i}`), store.read(entry), how({ durable: true }), signal),
      );
      const sizes = (await Promise.all(copied)).map(({ entry }) => entry.size);
      assert.deepEqual(
        sizes,
        Array.from({ length: 300 }, (_, i) => 1000 + i),
      );
      const lists = Array.from({ length: 300 }, () => store.list(itself, signal)[Symbol.asyncIterator]());
      for (const one of lists) assert.equal((await one.next()).done, false);
      assert.equal(await contentOf(store, 'copy 7'), counted(1007).toString('latin1'));
      for (const one of lists) await one.return?.();
    });
  });

  test('a FIFO where a file was is not waited for', async () => {
    const path = directory();
    await on(path, async (store) => {
      const entry = await put(store, 'file', 'x');
      fs.unlinkSync(join(path, 'file'));
      execFileSync('mkfifo', [join(path, 'file')]);
      await assert.rejects(bytesOf(store.read(entry)), isKind('changed'));
    });
  });

  test('a directory swapped for a symlink while a file is written is not written through', async () => {
    const path = directory();
    const away = directory();
    await on(path, async (store) => {
      await store.makeDirectory!(at('dir'), noMetadata, signal);
      await store.remove(at('dir'), signal);
      fs.symlinkSync(away, join(path, 'dir'));
      await assert.rejects(put(store, 'dir/file', 'x'), isKind('refused'));
      assert.deepEqual(fs.readdirSync(away), []);
    });
  });

  test('new files have the mode of the server, where none is to be kept', async () => {
    const path = directory();
    const work = async (store: Store) => {
      const file = await put(store, 'file', 'x');
      await store.makeDirectory!(at('dir'), noMetadata, signal);
      assert.deepEqual([file.mode, (await store.stat(at('dir'), signal))!.mode], [0o640, 0o750]);
    };
    await on(path, work, server('-u', '027'));
  });

  test('holes stay holes', async () => {
    const path = directory();
    await on(path, async (store) => {
      const body: Body = {
        ...bodyOf(Buffer.concat([counted(1000), Buffer.alloc(10_000_000)])),
        async *data() {
          yield { offset: 0, length: 1000 };
        },
      };
      assert.equal((await store.write(at('file'), body, how(), signal)).entry.size, 10_001_000);
      assert.ok(fs.statSync(join(path, 'file')).blocks * 512 < 100_000);
    });
  });

  for (const [what, isHollow, args] of [
    ['become holes, also at the end', true, []],
    ['are written in order where the server may have no disk', false, ['-P', 'fsync']],
  ] as const)
    test(`zeros of a source that does not tell its holes ${what}`, async () => {
      const path = directory();
      const content = Buffer.concat([counted(1000), Buffer.alloc(2_999_000)]);
      const work = async (store: Store) => void (await put(store, 'file', content));
      await on(path, work, server(...args));
      assert.ok(fs.readFileSync(join(path, 'file')).equals(content));
      assert.equal(fs.statSync(join(path, 'file')).blocks * 512 < 1_000_000, isHollow);
    });

  test('a server that only reads says so', async () => {
    const path = directory();
    fs.writeFileSync(join(path, 'file'), 'x');
    const work = async (store: Store) => {
      assert.equal(await contentOf(store, 'file'), 'x');
      await assert.rejects(put(store, 'new', 'x'), isKind('denied'));
      await assert.rejects(store.makeDirectory!(at('dir'), noMetadata, signal), isKind('denied'));
      await assert.rejects(store.remove(at('file'), signal), isKind('denied'));
    };
    await on(path, work, server('-R'));
  });

  test('without hard links and other renames a file is replaced all the same', async () => {
    const path = directory();
    const work = async (store: Store) => {
      const old = await put(store, 'file', 'old');
      await put(store, 'file', 'the new one', { replaces: old, durable: true });
      assert.equal(store.makeLink, undefined);
      assert.deepEqual(await namesIn(store), ['file']);
      const link = { mode: undefined, owner: { uid: 1, gid: 1 }, mtimeNs: 5_000_000_000n };
      const unkept = await store.makeSymlink!(at('link'), Buffer.from('file'), link, signal);
      assert.deepEqual(unkept, ['owner', 'mtimeNs']);
      assert.equal(fs.readFileSync(join(path, 'file'), 'utf8'), 'the new one');
      assert.equal(fs.statSync(join(path, 'file')).uid, process.getuid!());
    };
    await on(path, work, plainServer);
  });
});

describe('a store behind SFTP with little room or few rights', { skip: needs('sftp-server', 'root') }, () => {
  test('a full disk is named, keeps what was there, and works when there is room', async () => {
    const path = directory();
    using _disk = mounted(path, '-t', 'tmpfs', '-o', 'size=2m,nr_inodes=5', 'difpipe');
    await on(path, async (store) => {
      await saysFull(store, 1_500_000);
      const many = async () => {
        for (const name of ['a', 'b', 'c', 'd', 'e']) await put(store, name, '');
      };
      await assert.rejects(many(), isKind('full'));
      await saysReadOnly(store, path);
    });
  });

  test('what an ordinary user may not keep is said, the group is kept, and nothing runs as him', async () => {
    fs.chmodSync(here, 0o755);
    const path = directory();
    fs.chownSync(path, 65_534, 65_534);
    const work = async (store: Store) => {
      const metadata = { mode: 0o4755, owner: { uid: 0, gid: 4321 }, mtimeNs: 1_000_000_000n };
      const { entry, unkept } = await store.write(at('file'), bodyOf('x'), how({ metadata }), signal);
      assert.deepEqual(unkept, ['owner', 'mode']);
      assert.deepEqual(entry.owner, { uid: 65_534, gid: 4321 });
      assert.equal(entry.mode, 0o755);
      assert.deepEqual(await store.makeDirectory!(at('dir'), metadata, signal), ['owner', 'mode']);
      assert.equal(fs.statSync(join(path, 'dir')).mode & 0o7777, 0o755);
      fs.writeFileSync(join(path, 'dir/secret'), '', { mode: 0o600 });
      await assert.rejects(bytesOf(store.read((await store.stat(at('dir/secret'), signal)) as FileEntry)));
    };
    const flags = ['--reuid', '65534', '--regid', '65534', '--groups', '4321', sftpServer];
    await on(path, work, program('setpriv', flags));
  });
});

describe('write() behind SFTP, a system call at a time', { skip: needs('sftp-server', 'strace') }, () => {
  test('brings the bytes to the disk, then the name, then the directory', async () => {
    const path = directory();
    const log = join(here, 'trace');
    const flags = ['-y', '-e', 'trace=fsync,link,rename,unlink', '-o', log, sftpServer];
    await on(
      path,
      async (store) => {
        const old = await put(store, 'file', counted(700_000), {
          partial: Buffer.from('.partial'),
          durable: true,
        });
        await put(store, 'file', 'x', { partial: Buffer.from('.partial'), durable: true, replaces: old });
      },
      program('strace', flags),
    );
    const lines = fs.readFileSync(log, 'utf8').split('\n');
    const calls = lines.flatMap((line) => /^(\w+)\(/.exec(line)?.[1] ?? []);
    assert.deepEqual(calls, ['fsync', 'link', 'unlink', 'fsync', 'fsync', 'rename', 'fsync']);
    assert.match(lines[0]!, /\.partial>/);
    assert.ok(lines[3]!.includes(`<${fs.realpathSync(path)}>`));
  });
});
