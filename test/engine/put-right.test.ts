import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Job, Outcome } from '../../src/conduct/jobs.ts';
import { lanesOver } from '../../src/engine/stores/lanes.ts';
import { openBetween } from '../../src/way/between.ts';
import { setupBetween } from '../../src/way/stores-setup.ts';
import { patience } from '../../src/way/waits.ts';
import { far, opening, plainly } from './over.ts';
import { workspace } from './run.ts';

const key = 'a'.repeat(64);

async function perform(source: string, dest: string, job: Job): Promise<Outcome> {
  const { signal } = new AbortController();
  const how = { open: opening(), patience: patience(0), make: true, keepsMode: true };
  await using between = await openBetween(far(source), far(dest), how, signal);
  const leftPath = join(source, 'nothing is known');
  const known = {
    key,
    sweep: true,
    spared: [],
    suspectSince: 0n,
    suspectUntil: undefined,
    trust: false,
    deltaFrom: undefined,
    comparedSince: 0n,
    leftPath,
  };
  const setup = setupBetween(between, { ...plainly, stateDir: '' }, known);
  const { start } = lanesOver(setup);
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
  const nothing = () => {};
  const ended = (_: Job, outcome: Outcome) => resolve(outcome);
  const lanes = start({ ended, shared: nothing, did: nothing, ready: nothing, broken: reject });
  lanes.resize(1);
  lanes.give(job);
  try {
    return await promise;
  } finally {
    await lanes.end();
  }
}

test('trees that a killed run was at: what is above them is put right, though nothing in it is left to do', async () => {
  const here = workspace();
  const [source, dest] = [join(here, 'from'), join(here, 'to')];
  for (const root of [source, dest]) fs.mkdirSync(join(root, 'above/tree'), { recursive: true });
  const left = join(dest, `above/.difpipe-${key.slice(0, 12)}-before-1.part`);
  fs.writeFileSync(left, 'half');
  for (const dir of ['above/tree', 'above']) fs.utimesSync(join(source, dir), 1000, 1000);
  const names = Buffer.from('tree\0');
  const bundle = { dir: Buffer.from('above'), names, what: 'trees', fresh: undefined, slice: 0 } as const;
  const job = { kind: 'walk', id: 1, bundle, inline: false, alone: false, descend: false } as const;
  const { failures } = await perform(source, dest, job);
  assert.deepEqual(failures, []);
  assert.deepEqual([fs.statSync(join(dest, 'above')).mtimeMs, fs.existsSync(left)], [1_000_000, false]);
});
