import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { OpenStore } from '../../src/store/open.ts';
import { engineContract } from '../contract/engine.ts';
import { startSshd } from '../ssh/sshd.ts';
import { pull, transferFar } from './far.ts';
import { lacksHere, large } from './far-lacks.ts';
import { workspace } from './run.ts';

const sshd = await startSshd();
after(() => sshd[Symbol.asyncDispose]());
engineContract(
  'tar, pull',
  (way, { dryRun }) => transferFar(sshd, pull, way, { request: { dryRun } }),
  lacksHere,
  large,
);

test('a place where nothing is yet is listed once, by those who fetch it', async () => {
  const here = workspace();
  const way = { source: join(here, 'from'), dest: join(here, 'to'), state: join(here, 'state') };
  for (const dir of ['a', 'b/c']) fs.mkdirSync(join(way.source, dir), { recursive: true });
  for (const name of ['1', 'a/2', 'b/c/3']) fs.writeFileSync(join(way.source, name), name);
  let ahead = 0;
  const opened =
    (open: OpenStore): OpenStore =>
    async (...place) => {
      const store = await open(...place);
      return store.listAhead ? { ...store, listAhead: () => void ahead++ } : store;
    };
  const first = await transferFar(sshd, pull, way, { opened });
  assert.deepEqual([first.summary?.tally.copied, ahead], [3, 0]);
  const second = await transferFar(sshd, pull, way, { opened });
  assert.deepEqual([second.summary?.tally.skipped, ahead], [3, 1]);
});
