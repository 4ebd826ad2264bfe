import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { listTrees } from '../../../src/engine/tar/host/list-trees.ts';
import { sendList } from '../../../src/engine/tar/host/send.ts';
import type { Squeeze } from '../../../src/engine/tar/squeeze/squeeze.ts';
import { needs } from '../../peer.ts';
import { workspace } from '../run.ts';
import { runFar } from './far.ts';

const far = { path: process.env.PATH!, user: undefined };
const expanders = { gzip: gunzipSync, zstd: zstdDecompressSync } as const;

for (const squeeze of ['gzip', 'zstd'] as const) {
  test(`listTrees: through ${squeeze} it says the same, and whether all was there`, {
    skip: needs(squeeze),
  }, async () => {
    const root = workspace();
    for (let n = 0; n < 300; n++) fs.mkdirSync(join(root, `directory ${n}`));
    const [plain, small] = [await listed(root, [''], 'none'), await listed(root, [''], squeeze)];
    const now = /^\d+\0/;
    const text = (bytes: Uint8Array) => `${Buffer.from(bytes)}`.replace(now, '');
    assert.equal(text(expanders[squeeze](small.stdout)), text(plain.stdout));
    assert.ok(small.stdout.length * 3 < plain.stdout.length);
    assert.deepEqual([plain.status, small.status], [0, 0]);
    assert.notEqual((await listed(root, ['none'], squeeze)).status, 0);
  });
}

function listed(root: string, paths: readonly string[], squeeze: Squeeze) {
  const list = sendList(paths.map((path) => Buffer.from(path)));
  return runFar(far, listTrees(Buffer.from(root), Buffer.alloc(0), { all: true, squeeze }), list);
}
