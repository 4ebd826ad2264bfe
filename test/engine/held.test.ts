import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Here } from '../../src/engine/stores/directory/here.ts';
import type { Lane } from '../../src/engine/stores/lane.ts';
import { type FileEntry, noMetadata } from '../../src/store/entry.ts';
import { itself, type RelativePath } from '../../src/store/path.ts';
import { signal } from '../store/bodies.ts';

const directory = { kind: 'directory', path: itself, ...noMetadata, print: undefined } as const;
const dir = { path: itself, entry: directory, fresh: false, slice: 0, whole: true, alone: false };

function fileOf(number: number): FileEntry {
  const known = { ...noMetadata, print: '', allocated: undefined, linked: undefined };
  return {
    kind: 'file',
    path: Buffer.from(`${number}`) as Uint8Array as RelativePath,
    size: 1,
    ...known,
  };
}

test('a Here asks for nothing that was listed, however many there are', async () => {
  const files = 150_000;
  let asked = 0;
  const dest = {
    async *list() {
      for (let number = 0; number < files; number++) yield fileOf(number);
    },
    stat: async () => void asked++,
  };
  const target = (path: RelativePath) => path;
  const lane = {
    setup: { dest, dryRun: true, keep: {} },
    sweeps: () => false,
    target,
    signal,
  } as unknown as Lane;
  const here = new Here(lane, dir, directory);
  await here.list();
  for (let number = 0; number < files; number += 999) {
    const found = (await here.look(fileOf(number)))!;
    assert.deepEqual({ ...found, path: Buffer.from(found.path) }, fileOf(number));
    here.forget(fileOf(number));
    assert.equal(await here.look(fileOf(number)), undefined);
  }
  assert.equal(await here.look(fileOf(files)), undefined);
  assert.equal(asked, 0);
});
