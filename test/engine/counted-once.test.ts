import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BigWork } from '../../src/conduct/bigs/big-work.ts';
import { createControl } from '../../src/control.ts';
import { Shared } from '../../src/engine/parallel/shared.ts';
import { openLane } from '../../src/engine/parallel/work.ts';
import { firstBundles } from '../../src/profile/listed.ts';
import { asUsual } from '../../src/request.ts';
import { openEnds } from '../../src/way/local-ends.ts';
import { setupToCopy } from '../../src/way/local-setup.ts';
import { workspace } from './run.ts';

const rangeBytes = 64 * 1024 * 1024;

test('a lane counts a large file, and the directory that it is in, once: when they are found', async () => {
  const here = workspace();
  const [from, to] = [join(here, 'from'), join(here, 'to')];
  fs.mkdirSync(from);
  for (const name of ['a', 'b', 'c']) fs.writeFileSync(join(from, name), Buffer.alloc(1_500_000, name));
  const place = (path: string) => ({ kind: 'local', path: Buffer.from(path) }) as const;
  const ends = await openEnds(
    place(from),
    place(to),
    { make: true, keepsMode: true },
    createControl().signal,
  );
  const known = { sweep: false, suspectSince: 0n, suspectUntil: undefined, isElsewhere: false, spared: [] };
  const run = { run: '', resumed: undefined, hasPast: false, trust: false, deltaFrom: undefined };
  const setup = setupToCopy(
    ends,
    { ...asUsual, stateDir: here },
    { ...known, ...run, key: 'f'.repeat(64), leftPath: undefined, comparedSince: 0n },
  );
  const shared = new Shared();
  using lane = openLane({ ...setup, shared: shared.buffer }, 0, {
    share: () => assert.fail(),
    left: undefined,
  });
  const [bundle] = [
    ...(firstBundles(undefined, undefined, { report: () => assert.fail() }) as Iterable<never>),
  ];
  const how = { inline: false, alone: false, descend: false };
  const found = lane.perform({ kind: 'walk', id: 1, bundle: bundle!, ...how });
  assert.deepEqual([found.bigs.length, shared.totals().entries], [3, 4]);
  for (const file of found.bigs) lane.perform(new BigWork(2, { ...file, rangeBytes }).firstJob());
  assert.deepEqual(fs.readdirSync(to), ['a', 'b', 'c']);
  assert.deepEqual(shared.totals(), { bytes: 4_500_000, entries: 4 });
});
