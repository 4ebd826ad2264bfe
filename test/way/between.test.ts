import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LocalPlace, Location } from '../../src/location/location.ts';
import { openLocalStore } from '../../src/store/local/local-store.ts';
import type { Store } from '../../src/store/store.ts';
import { openBetween } from '../../src/way/between.ts';

test('openBetween() asks a source that may be listed nothing more before the work begins', async () => {
  const root = fs.mkdtempSync(join(tmpdir(), 'difpipe-between-'));
  const asked: string[] = [];
  const place = (name: string): LocalPlace => ({ kind: 'local', path: Buffer.from(join(root, name)) });
  const open = async (at: Location, end: string): Promise<Store> => {
    const store = await openLocalStore(at as LocalPlace);
    const noting =
      <A extends unknown[], T>(what: string, act: (...given: A) => T) =>
      (...given: A): T => {
        asked.push(`${end} ${what}`);
        return act(...given);
      };
    return { ...store, isOpen: true, stat: noting('stat', store.stat), list: noting('list', store.list) };
  };
  fs.mkdirSync(join(root, 'from'), { mode: 0o750 });
  try {
    const opening = {
      open,
      patience: { tries: 0, waitMs: 0, mostWaitMs: 0, waits: undefined },
      make: true,
      keepsMode: true,
    };
    await using between = await openBetween(place('from'), place('to'), opening, AbortSignal.timeout(10_000));
    assert.equal(between.isNew, true);
    assert.deepEqual(asked, ['source stat', 'dest stat']);
    assert.equal(fs.statSync(join(root, 'to')).mode & 0o777, 0o700);
  } finally {
    fs.rmSync(root, { recursive: true });
  }
});

test('openBetween() refuses a FIFO, and what leads to one here, that a file would take the place of', async () => {
  const root = fs.mkdtempSync(join(tmpdir(), 'difpipe-between-'));
  const place = (name: string): LocalPlace => ({ kind: 'local', path: Buffer.from(join(root, name)) });
  fs.writeFileSync(join(root, 'file'), 'x');
  execFileSync('mkfifo', [join(root, 'fifo')]);
  fs.symlinkSync('fifo', join(root, 'link'));
  try {
    const opening = {
      open: (at: Location) => openLocalStore(at as LocalPlace),
      patience: { tries: 0, waitMs: 0, mostWaitMs: 0, waits: undefined },
      make: true,
      keepsMode: true,
    };
    for (const name of ['fifo', 'link']) {
      const opened = openBetween(place('file'), place(name), opening, AbortSignal.timeout(10_000));
      await assert.rejects(opened, {
        kind: 'refused',
        message: /is a FIFO: it would not be written to, but replaced$/,
      });
    }
  } finally {
    fs.rmSync(root, { recursive: true });
  }
});
