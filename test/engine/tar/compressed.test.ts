import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { compressed } from '../../../src/engine/tar/squeeze/squeeze.ts';
import { needs } from '../../peer.ts';
import { workspace } from '../run.ts';
import { runFar, startFar } from './far.ts';

const far = { path: process.env.PATH!, user: undefined };
const expanders = { gzip: gunzipSync, zstd: zstdDecompressSync } as const;

for (const squeeze of ['gzip', 'zstd'] as const) {
  test(`compressed: by ${squeeze}, what was written comes while its writer still waits`, {
    skip: needs(squeeze),
    timeout: 60_000,
  }, async (t) => {
    const writer = '{ head -c 600000 /dev/urandom; read -r answer; echo "$answer"; }';
    const child = startFar(far, { script: compressed(writer, squeeze), args: [] });
    t.after(() => child.stdin.destroy()); // it waits for that if this failed
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    const closed = once(child, 'close');
    await once(child.stdout, 'data', { signal: t.signal });
    child.stdin.end('the end\n');
    assert.deepEqual(await closed, [0, null]);
    const came = expanders[squeeze](Buffer.concat(chunks));
    assert.deepEqual([came.length, `${came.subarray(600_000)}`], [600_008, 'the end\n']);
  });
}

test('compressed: by a zstd that knows nothing of threads it is the same', {
  skip: needs('zstd'),
}, async () => {
  const bin = workspace();
  const program = execFileSync('sh', ['-c', 'command -v zstd'], { encoding: 'utf8' }).trim();
  const old = `#!/bin/sh
    for word; do case $word in --single-thread) echo "Incorrect parameters" >&2; exit 1;; esac; done
    exec ${program} "$@"`;
  fs.writeFileSync(join(bin, 'zstd'), old, { mode: 0o755 });
  const script = compressed('(cat; exit 7)', 'zstd');
  const { status, stdout, stderr } = await runFar(
    { ...far, path: `${bin}:${far.path}` },
    { script, args: [] },
    'all of it',
  );
  assert.deepEqual([status, `${zstdDecompressSync(stdout)}`, stderr], [7, 'all of it', '']);
});
