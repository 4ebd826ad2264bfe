/** Real SFTP servers without SSH between: processes that are spoken to over pipes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSftpStore } from '../../src/store/sftp/sftp-store.ts';
import type { OpenWire, Wire } from '../../src/store/sftp/wire.ts';
import type { Store } from '../../src/store/store.ts';
import type { Place } from '../contract/store.ts';
import { sftpServer } from '../peer.ts';
import { signal } from './bodies.ts';

/** `flags` are the server's: `-R` for one that writes nothing, `-d` for where it starts. */
export function server(...flags: string[]): OpenWire {
  return async () => wireOf(spawn(sftpServer, ['-e', ...flags], { stdio: 'pipe' }));
}

type Child = ReturnType<typeof spawn> & Pick<Wire, 'stdin' | 'stdout'>;

function wireOf(child: Child): Wire {
  let complaint = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk).slice(-4096);
  });
  const ended = once(child, 'close').then(([code, killed]) => ({
    code: code ?? undefined,
    signal: killed ?? undefined,
  }));
  const dispose = async () => {
    child.stdin.destroy();
    child.kill();
    await ended;
  };
  const { stdin, stdout } = child;
  return { stdin, stdout, complaint: () => complaint, ended, [Symbol.asyncDispose]: dispose };
}

export function openFar(path: string, open: OpenWire = server(), lines = 1): Promise<Store> {
  return openSftpStore({ open, path: Buffer.from(path), name: 'far', lines }, signal);
}

/** An empty directory behind such a server, for the contract. */
export async function farPlace(open?: OpenWire, lines?: number): Promise<Place> {
  const path = mkdtempSync(join(tmpdir(), 'far-'));
  const store = await openFar(path, open, lines);
  const rivals: Store[] = [];
  return {
    store,
    blindTo: ['quick changes', 'links'],
    rival: async () => {
      const rival = await openFar(path, open);
      rivals.push(rival);
      return rival;
    },
    async [Symbol.asyncDispose]() {
      for (const one of [store, ...rivals]) await one[Symbol.asyncDispose]();
      rmSync(path, { recursive: true });
    },
  };
}
