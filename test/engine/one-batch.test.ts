// Little that goes to a new place, as on a long way: another batch would wait for a connection of its own.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { OpenStore } from '../../src/store/open.ts';
import { judge } from '../judge.ts';
import { needs } from '../peer.ts';
import { batchesIn, logged } from '../ssh/logged.ts';
import { startSshd } from '../ssh/sshd.ts';
import { push, transferFar } from './far.ts';

const skip = needs('sshd', 'rsync', 'root');

/** What a store says of its way is believed. */
function long(open: OpenStore): OpenStore {
  return async (place, end, how) => {
    const store = await open(place, end, how);
    return place.kind === 'ssh' ? { ...store, roundTripMs: 100 } : store;
  };
}

/** How many batches brought it there. */
async function batchesOf(largeBytes: number): Promise<number> {
  const path = fs.mkdtempSync(join(tmpdir(), 'one-batch-'));
  using mkdir = logged('mkdir');
  await using sshd = await startSshd({ options: [mkdir.option] });
  try {
    const at = { source: join(path, 'from'), dest: join(path, 'to'), state: join(path, 'state') };
    for (const name of ['a', 'b', 'c', 'd/below']) {
      fs.mkdirSync(join(at.source, name), { recursive: true });
      fs.writeFileSync(join(at.source, name, 'file'), name);
    }
    fs.writeFileSync(join(at.source, 'large'), '');
    fs.truncateSync(join(at.source, 'large'), largeBytes);
    const { status } = await transferFar(sshd, push, at, { opened: long });
    assert.equal(status, 0);
    assert.equal(await judge(at.source, at.dest), '');
    return batchesIn(mkdir.said());
  } finally {
    fs.rmSync(path, { recursive: true });
  }
}

test('new directories that hold little go to a host far away in one batch', { skip }, async () => {
  assert.equal(await batchesOf(100), 1);
});

test('new directories beside much go there in several', { skip }, async () => {
  assert.ok((await batchesOf(64 * 1024 * 1024)) > 1);
});
