import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { openHost } from '../../src/ssh/host.ts';
import { openSshStore } from '../../src/store/sftp/ssh-store.ts';
import { type Place, storeContract } from '../contract/store.ts';
import { startSshd } from '../ssh/sshd.ts';
import { signal } from './bodies.ts';

const sshd = await startSshd();
const host = await openHost(sshd.place(), sshd.access, signal);
after(async () => {
  await host[Symbol.asyncDispose]();
  await sshd[Symbol.asyncDispose]();
});

storeContract('a store behind SSH, with a shell', async (): Promise<Place> => {
  const at = mkdtempSync(join(tmpdir(), 'difpipe-ssh-'));
  const open = () => openSshStore(sshd.place(at), host, true, signal);
  const store = await open();
  return {
    store,
    rival: open,
    blindTo: ['quick changes', 'links'],
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]();
      rmSync(at, { recursive: true });
    },
  };
});
