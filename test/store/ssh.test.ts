import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openHost } from '../../src/ssh/host.ts';
import { openSshStore } from '../../src/store/sftp/ssh-store.ts';
import { type Place, storeContract } from '../contract/store.ts';
import { startSshd } from '../ssh/sshd.ts';
import { at, isKind, signal } from './bodies.ts';

const sshd = await startSshd();
const host = await openHost(sshd.place(), sshd.access, signal);
after(async () => {
  await host[Symbol.asyncDispose]();
  await sshd[Symbol.asyncDispose]();
});

storeContract('a store behind SSH, with a shell', async (): Promise<Place> => {
  const path = mkdtempSync(join(tmpdir(), 'difpipe-ssh-'));
  const open = () => openSshStore(sshd.place(path), host, true, signal);
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

// SFTP tells times by the second: what was written in this one or the next could be written again without a trace.
test('a large file that was just written is read when no write can go unseen', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'difpipe-ssh-'));
  const path = join(dir, 'file');
  const time = Math.floor(Date.now() / 1000) + 1;
  writeFileSync(path, Buffer.alloc(8 * 2 ** 20, 'a'));
  utimesSync(path, time, time);
  await using store = await openSshStore(sshd.place(dir), host, true, signal);
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
