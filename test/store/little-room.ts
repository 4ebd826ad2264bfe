/** What a store does where there is little room, on a disk that the test mounts for it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import type { Store } from '../../src/store/store.ts';
import { contentOf, counted, isKind, namesIn, put, signal } from './bodies.ts';

/** Of two files of so many bytes only one fits: it says so, keeps what was there, and works when there is room. */
export async function saysFull(store: Store, bytes: number): Promise<void> {
  const old = await put(store, 'file', 'old');
  const filler = await put(store, 'filler', counted(bytes));
  const write = () => put(store, 'file', counted(bytes), { replaces: old });
  await assert.rejects(write(), isKind('full'));
  assert.equal(await contentOf(store, 'file'), 'old');
  assert.deepEqual(await namesIn(store), ['file', 'filler']);
  await store.remove(filler.path, signal);
  assert.equal((await write()).size, bytes);
}

/** The disk at this path is made read-only. */
export async function saysReadOnly(store: Store, path: string): Promise<void> {
  execFileSync('mount', ['-o', 'remount,ro', path]);
  await assert.rejects(put(store, 'new', 'x'), isKind('readonly'));
}
