/** What somebody else does at the destination just before a large file gets its name there. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSftpStore } from '../../src/store/sftp/sftp-store.ts';
import type { Store } from '../../src/store/store.ts';
import { needs } from '../peer.ts';
import { signal } from '../store/bodies.ts';
import { server } from '../store/far.ts';
import { MiB, solid } from '../trees.ts';
import { transferOver } from './over.ts';
import { workspace } from './run.ts';

test('a file of another that is as old is not taken for one of ours that is gone', {
  skip: needs('sftp-server'),
}, async () => {
  const here = workspace();
  const way = { source: join(here, 'from'), dest: join(here, 'to'), state: join(here, 'state') };
  for (const dir of [way.source, way.dest]) fs.mkdirSync(dir);
  const large = join(way.source, 'large');
  solid(large, 65 * MiB);
  const { mtime } = fs.statSync(large);
  const rival = join(way.dest, 'large');
  const store = await behind(way.dest, () => {
    for (const name of fs.readdirSync(way.dest)) fs.rmSync(join(way.dest, name));
    fs.writeFileSync(rival, 'of another');
    fs.utimesSync(rival, mtime, mtime);
  });
  const ran = await transferOver(way, { wrap: (local, path) => (path === way.dest ? store : local) });
  assert.deepEqual([ran.status, ran.failed.map(({ kind }) => kind)], [3, ['conflict']]);
  assert.equal(fs.readFileSync(rival, 'utf8'), 'of another');
});

/** A place behind SFTP, with what is done there just before a large file is finished. */
async function behind(dest: string, act: () => void): Promise<Store> {
  const place = { open: server(), path: Buffer.from(dest), name: 'far', lines: 1, syncsLater: () => true };
  const { parts, ...store } = await openSftpStore(place, signal);
  const finish: NonNullable<Store['parts']>['finish'] = (...given) => {
    act();
    return parts!.finish(...given);
  };
  return { ...store, parts: { ...parts!, finish } };
}
