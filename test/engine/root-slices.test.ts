import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { shareRoot } from '../../src/engine/stores/walk/root-slices.ts';
import type { Bundle } from '../../src/profile/bundle.ts';
import { openLocalStore } from '../../src/store/local/local-store.ts';
import { namesIn } from '../../src/store/named.ts';

test('shareRoot() divides a few directories into slices for lanes, several for each, fewer on a short line, and keeps files together', async () => {
  for (const [roundTripMs, most] of [
    [100, 24],
    [0.1, 12],
  ] as const) {
    const { shared, slices } = await rootOf({ directories: 2 * most, files: 10 }, roundTripMs);
    assert.equal(shared, true);
    assert.deepEqual(
      slices.map(({ names }) => count(names)),
      [10, ...Array(most).fill(2)],
    );
  }
});

test('shareRoot() gives each name once, as new and in slices of its own', async () => {
  const { slices } = await rootOf({ directories: 1, files: 1500 });
  const names = slices.flatMap((slice) => [...namesIn(slice.names)].map((name) => `${Buffer.from(name)}`));
  assert.deepEqual([names.length, new Set(names).size], [1501, 1501]);
  assert.equal(new Set(slices.map(({ slice }) => slice)).size, slices.length);
  assert.ok(slices.every(({ what, fresh, slice }) => what === 'entries' && fresh && slice > 0));
});

test('shareRoot() leaves a few files to one batch', async () => {
  assert.deepEqual(await rootOf({ directories: 0, files: 10 }), { shared: false, slices: [] });
});

async function rootOf({ directories, files }: { directories: number; files: number }, roundTripMs = 100) {
  const root = fs.mkdtempSync(join(tmpdir(), 'difpipe-root-'));
  try {
    for (let n = 0; n < directories; n++) fs.mkdirSync(join(root, `directory ${n}`));
    for (let n = 0; n < files; n++) fs.writeFileSync(join(root, `file ${n}`), '');
    await using store = await openLocalStore({ kind: 'local', path: Buffer.from(root) });
    const slices: Bundle[] = [];
    const dest = { roundTripMs };
    const given = { dest, share: (slice: Bundle) => void slices.push(slice), failed: () => assert.fail() };
    return { shared: await shareRoot(store, given, AbortSignal.timeout(10_000)), slices };
  } finally {
    fs.rmSync(root, { recursive: true });
  }
}

function count(names: Uint8Array): number {
  return [...namesIn(names)].length;
}
