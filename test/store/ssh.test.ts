import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openHost } from '../../src/ssh/host.ts';
import { noMetadata } from '../../src/store/entry.ts';
import { itself } from '../../src/store/path.ts';
import { openSshStore } from '../../src/store/sftp/ssh-store.ts';
import { type Place, storeContract } from '../contract/store.ts';
import { needs } from '../peer.ts';
import { startSshd } from '../ssh/sshd.ts';
import { at, isKind, signal } from './bodies.ts';

const how = { wantsShell: true, makes: false, makesBare: false, lists: false };
const sshd = await startSshd();
const host = await openHost(sshd.place(), sshd.access, signal);
after(async () => {
  await host[Symbol.asyncDispose]();
  await sshd[Symbol.asyncDispose]();
});

storeContract('a store behind SSH, with a shell', async (): Promise<Place> => {
  const path = mkdtempSync(join(tmpdir(), 'difpipe-ssh-'));
  const open = () => openSshStore(sshd.place(path), host, how, signal);
  const store = await open();
  return {
    store,
    rival: open,
    blindTo: ['quick changes', 'links'],
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]();
      rmSync(path, { recursive: true });
    },
  };
});

test('a directory that several list at once is listed to each', async () => {
  const path = mkdtempSync(join(tmpdir(), 'difpipe-ssh-'));
  for (const name of ['a', 'b']) writeFileSync(join(path, name), name);
  await using store = await openSshStore(sshd.place(path), host, how, signal);
  const lists = [itself, itself, itself].map((dir) => Array.fromAsync(store.list(dir, signal)));
  for (const list of await Promise.all(lists))
    assert.deepEqual(list.map((entry) => `${Buffer.from(entry.path)}`).sort(), ['a', 'b']);
  rmSync(path, { recursive: true });
});

for (const [what, makes, name] of [
  ['is there', false, ''],
  ['is there, and might be made', true, ''],
  ['is not there', false, '/new'],
  ['is made', true, '/new'],
  ['is a file', false, '/file'],
  ['is behind a symlink', false, '/link'],
] as const)
  test(`a place that ${what} is looked at by one program, at once with all else`, async () => {
    const path = mkdtempSync(join(tmpdir(), 'difpipe-ssh-'));
    writeFileSync(join(path, 'file'), 'x');
    symlinkSync('.', join(path, 'link'));
    let runs = 0;
    const run: typeof host.run = (...words) => {
      runs++;
      return host.run(...words);
    };
    const asked = { ...how, makes };
    await using store = await openSshStore(sshd.place(path + name), { ...host, run }, asked, signal);
    assert.deepEqual({ runs, hasShell: store.shell !== undefined }, { runs: 1, hasShell: true });
    rmSync(path, { recursive: true });
  });

test('a place below the home of a user is, too', async () => {
  let runs = 0;
  const run: typeof host.run = (...words) => {
    runs++;
    return host.run(...words);
  };
  for (const path of ['', '~', '~/', '.']) {
    await using store = await openSshStore(sshd.place(path), { ...host, run }, how, signal);
    assert.ok(store.shell, path);
  }
  assert.equal(runs, 4);
});

test('a place that is going to be made is made when it was looked at, and whoever makes it waits no more', async () => {
  const above = mkdtempSync(join(tmpdir(), 'difpipe-ssh-'));
  const path = join(above, 'place');
  let sessions = 0;
  const sftp = (on: AbortSignal) => {
    sessions++;
    return host.sftp(on);
  };
  await using store = await openSshStore(
    sshd.place(path),
    { ...host, sftp },
    { ...how, makes: true },
    signal,
  );
  assert.equal(await store.stat(itself, signal), undefined);
  assert.equal(statSync(path).mode & 0o777, 0o700);
  assert.deepEqual(await store.makeDirectory!(itself, { ...noMetadata, mode: 0o700 }, signal), []);
  assert.equal((await store.stat(itself, signal))?.kind, 'directory');
  assert.equal(sessions, 1);
  rmSync(above, { recursive: true });
});

test('a place that is there or cannot be made is not changed, and what is wrong is said when it is to be made', async () => {
  const above = mkdtempSync(join(tmpdir(), 'difpipe-ssh-'));
  const make = async (path: string) => {
    await using store = await openSshStore(sshd.place(path), host, { ...how, makes: true }, signal);
    await store.stat(itself, signal);
    await store.makeDirectory!(itself, { ...noMetadata, mode: 0o700 }, signal);
  };
  writeFileSync(join(above, 'file'), 'x');
  chmodSync(above, 0o750);
  await assert.rejects(make(above), isKind('conflict'));
  assert.equal(statSync(above).mode & 0o777, 0o750);
  await assert.rejects(make(join(above, 'file')), isKind('conflict'));
  await assert.rejects(make(join(above, 'none/place')), isKind('missing'));
  assert.deepEqual(readdirSync(above), ['file']);
  rmSync(above, { recursive: true });
});

test('a place that is going to be listed is listed while it is opened, once for who then wants it', async () => {
  const path = mkdtempSync(join(tmpdir(), 'difpipe-ssh-'));
  writeFileSync(join(path, 'file'), 'x');
  let finds = 0;
  const run: typeof host.run = (script, ...more) => {
    if (script.includes('exec find .')) finds++;
    return host.run(script, ...more);
  };
  const listing = { ...how, lists: true };
  for (const lists of [true, false]) {
    finds = 0;
    await using store = await openSshStore(sshd.place(path), { ...host, run }, { ...listing, lists }, signal);
    assert.equal(finds, lists ? 1 : 0);
    store.listAhead!({ surely: false, anew: false }, signal);
    const rows = await store.rows!(itself);
    assert.deepEqual(rows && [...rows.values()].map(({ kind }) => kind), ['file']);
    assert.equal(finds, 1);
  }
  for (const how of [
    { surely: true, anew: false },
    { surely: false, anew: true },
  ]) {
    finds = 0;
    await using store = await openSshStore(sshd.place(path), { ...host, run }, listing, signal);
    writeFileSync(join(path, 'later'), 'x');
    store.listAhead!(how, signal);
    const rows = await store.rows!(itself);
    assert.ok(!rows || rows.get('later'), 'who has to know more does not take what was begun for others');
    rmSync(join(path, 'later'));
  }
  finds = 0;
  const made = sshd.place(join(path, 'made'));
  await using _ = await openSshStore(made, { ...host, run }, { ...listing, makes: true }, signal);
  assert.equal(finds, 0, 'what is made now is not listed');
  rmSync(path, { recursive: true });
});

// SFTP tells times by the second: what was written in this one or the next could be written again without a trace.
test('a large file that was just written is read when no write can go unseen', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'difpipe-ssh-'));
  const path = join(dir, 'file');
  const time = Math.floor(Date.now() / 1000) + 1;
  writeFileSync(path, Buffer.alloc(8 * 2 ** 20, 'a'));
  utimesSync(path, time, time);
  await using store = await openSshStore(sshd.place(dir), host, how, signal);
  const entry = await store.stat(at('file'), signal);
  assert.ok(entry?.kind === 'file');
  let isOver = false;
  const read = async () => {
    for await (const _ of store.read(entry).open({ offset: 0, length: entry.size }, signal)) {
      if (isOver) continue;
      isOver = true;
      writeFileSync(path, Buffer.alloc(entry.size, 'b'), { flag: 'r+' });
      const now = Date.now() / 1000;
      utimesSync(path, now, Math.max(time, now));
    }
  };
  await assert.rejects(read(), isKind('changed'));
  rmSync(dir, { recursive: true });
});

// The first sync of one file system fails there, as where a disk does.
test('a sync that fails is no sync, though another one after it does not', {
  skip: needs('strace'),
}, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'difpipe-ssh-'));
  const sync = '#!/bin/sh\nexec strace -qq -o /dev/null -e inject=syncfs:error=EIO /usr/bin/sync "$@"\n';
  writeFileSync(join(dir, 'sync'), sync, { mode: 0o755 });
  const command = `PATH=${dir}:$PATH exec sh -c "$SSH_ORIGINAL_COMMAND"`;
  await using broken = await startSshd({ options: [`ForceCommand ${command}`] });
  await using there = await openHost(broken.place(), broken.access, signal);
  await using store = await openSshStore(broken.place(dir), there, how, signal);
  await assert.rejects(store.sync!(signal), isKind('io'));
  rmSync(dir, { recursive: true });
});
