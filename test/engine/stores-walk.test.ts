import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Visitor } from '../../src/engine/stores/walk/visitor.ts';
import { Walk } from '../../src/engine/stores/walk/walk.ts';
import type { Walking } from '../../src/engine/stores/walk/walking.ts';
import { emptyProfile } from '../../src/profile/profile.ts';
import { type Entry, noMetadata } from '../../src/store/entry.ts';
import { relativePath } from '../../src/store/path.ts';
import type { Store } from '../../src/store/store.ts';

test('names are looked at while their directory is, and shown in their order', async () => {
  const namesAsked = Promise.withResolvers<void>();
  const stat = async (path: Uint8Array): Promise<Entry> => {
    const isDirectory = Buffer.from(path).equals(Buffer.from('dir'));
    if (isDirectory) await namesAsked.promise;
    else namesAsked.resolve();
    const common = { path: relativePath(path)!, ...noMetadata, print: '' };
    return isDirectory
      ? { ...common, kind: 'directory' }
      : { ...common, kind: 'file', size: 0, allocated: undefined, linked: undefined };
  };
  const names = Array.from({ length: 20 }, (_, at) => `${at}`);
  const shown: string[] = [];
  const bundle = {
    what: 'entries' as const,
    dir: Buffer.from('dir'),
    names: Buffer.from(names.map((name) => `${name}\0`).join('')),
    fresh: undefined,
    slice: 0,
  };
  const visitor = {
    enter: async () => true,
    leave: async () => undefined,
    entry: async (_: true, { path }: Entry) => void shown.push(`${Buffer.from(path)}`),
    failed: (_: Uint8Array, error: unknown) => assert.fail(String(error)),
  } as unknown as Visitor<true>;
  const walking = {
    source: { stat } as unknown as Store,
    profile: emptyProfile(),
    signal: AbortSignal.timeout(10_000),
    tellsLinks: false,
    leavesFresh: false,
    atOnce: () => 8,
    spent: () => false,
  } as unknown as Walking;
  assert.deepEqual(await new Walk(walking, visitor).run(bundle), []);
  assert.deepEqual(
    shown,
    names.map((name) => `dir/${name}`),
  );
});
