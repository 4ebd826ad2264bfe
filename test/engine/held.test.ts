import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Here } from '../../src/engine/stores/here.ts';
import type { Lane } from '../../src/engine/stores/lane.ts';
import { type FileEntry, noMetadata } from '../../src/store/entry.ts';
import { itself, type RelativePath } from '../../src/store/path.ts';
import { signal } from '../store/bodies.ts';

const directory = { kind: 'directory', path: itself, ...noMetadata, print: undefined } as const;
const dir = { path: itself, entry: directory, fresh: false, slice: 0, whole: true, alone: false };

function fileOf(number: number, isBrief: boolean): FileEntry {
  const known = { ...noMetadata, print: '', allocated: undefined, linked: undefined };
  return {
    kind: 'file',
    path: Buffer.from(`${number}`) as Uint8Array as RelativePath,
    size: 1,
    ...known,
    ...(isBrief && { isBrief }),
  };
}

/** How many of the last of so many files in a directory are asked for, where all of it was listed. */
async function askedOf(files: number, isBrief: boolean): Promise<number> {
  let asked = 0;
  const dest = {
    async *list() {
      for (let number = 0; number < files; number++) yield fileOf(number, isBrief);
    },
    stat: async () => void asked++,
  };
  const lane = { setup: { dest, dryRun: true }, sweeps: () => false, signal } as unknown as Lane;
  const here = new Here(lane, dir, directory);
  await here.list();
  for (let number = files - 9; number < files; number++) await here.look(fileOf(number, isBrief));
  return asked;
}

test('a Here holds 20,000 names that were listed, and 100,000 where looking at one costs a request', async () => {
  assert.equal(await askedOf(20_003, false), 3);
  assert.equal(await askedOf(100_003, true), 3);
});
