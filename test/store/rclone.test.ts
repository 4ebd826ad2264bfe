import { describe } from 'node:test';
import { openRcloneStore } from '../../src/store/rclone/rclone-store.ts';
import { type Place, storeContract } from '../contract/store.ts';
import { needs } from '../peer.ts';
import { programs, remotes } from '../rclone/remotes.ts';
import { signal } from './bodies.ts';

async function placeAt(program: string, remote: 'disk' | 'secret'): Promise<Place> {
  const here = remotes(program);
  const open = () => openRcloneStore(here.place(remote), here.rclone, signal);
  const store = await open();
  if (remote === 'secret')
    await store.makeDirectory!(
      new Uint8Array(0) as never,
      { mode: undefined, owner: undefined, mtimeNs: undefined },
      signal,
    );
  return {
    store,
    rival: open,
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]();
      await here[Symbol.asyncDispose]();
    },
  };
}

describe('through rclone', { skip: needs('rclone', 'current-rclone') }, () => {
  for (const [name, program] of Object.entries(programs))
    storeContract(`a store of ${name}`, () => placeAt(program, 'disk'));
});
