import assert from 'node:assert/strict';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import type { Job } from '../../src/conduct/jobs.ts';
import { Ledger } from '../../src/conduct/lanes/ledger.ts';
import { Lanes } from '../../src/engine/parallel/lanes.ts';
import { Shared } from '../../src/engine/parallel/shared.ts';
import { keepAll } from '../../src/request.ts';
import { setupToLook } from '../../src/way/local-setup.ts';
import { workspace } from './run.ts';

const nothing = {
  dir: Buffer.of(),
  names: Buffer.of(),
  what: 'entries',
  fresh: undefined,
  slice: 0,
} as const;
const walk = { kind: 'walk', bundle: nothing, inline: false, alone: false, descend: false } as const;
const file = { dir: Buffer.of(), name: Buffer.from('f\0'), bytes: 1, print: '', partial: 'p', over: '' };
const range = {
  kind: 'range',
  file: { ...file, sparse: false },
  offset: 0,
  length: 1,
  goesOn: false,
} as const;

/** So many lanes, and which jobs were done in this thread, which helps where it may. */
function lanesOf(count: number, helps: boolean) {
  const path = Buffer.from(workspace());
  const places = { source: path, dest: path };
  const ends = { ...places, canonical: places, single: undefined, isNew: false };
  const looking = { rules: [], filesFrom: undefined, oneFileSystem: false, preserve: keepAll };
  const shared = new Shared();
  const setup = setupToLook(ends, { ...looking, checksum: false, bytesPerSecond: undefined });
  const heard = new EventTarget();
  const here: number[] = [];
  const tell = (type: string) => () => void heard.dispatchEvent(new Event(type));
  const lane = {
    perform: ({ id }: Job) => {
      here.push(id);
      return new Ledger({ verbose: false, inlineBytes: 0 }).out;
    },
    [Symbol.dispose]: () => {},
  };
  const told = {
    ended: tell('ended'),
    shared: () => {},
    ready: tell('ready'),
    broken: (error: unknown) => assert.ifError(error),
  };
  const lanes = new Lanes({ ...setup, shared: shared.buffer }, shared, told, helps ? lane : undefined);
  lanes.resize(count);
  return { lanes, here, heard, shared };
}

test('Lanes: of two lanes one is this thread, until large files go in ranges', async (t) => {
  const threads: Worker[] = [];
  process.on('worker', (thread) => void threads.push(thread));
  const { lanes, here, heard } = lanesOf(2, true);
  t.after(() => lanes.end());
  await once(heard, 'ready');
  assert.equal(lanes.idle, 2);
  lanes.give({ ...walk, id: 1 });
  lanes.give({ ...walk, id: 2 });
  assert.equal(lanes.idle, 0);
  while (lanes.busy > 0) await once(heard, 'ended');
  assert.deepEqual([here, threads.length], [[2], 1]);
  lanes.give({ ...range, id: 3 });
  lanes.give({ ...range, id: 4 });
  while (lanes.busy > 0) await once(heard, 'ended');
  assert.deepEqual([here, threads.length], [[2], 2]);
  await lanes.end(); // before a program is started that clears up
});

test('Lanes: of many no more start than a few ahead of those that have a job', async (t) => {
  const threads: Worker[] = [];
  process.on('worker', (thread) => void threads.push(thread));
  const { lanes, heard } = lanesOf(20, false);
  t.after(() => lanes.end());
  const ahead = Math.min(20, Math.max(2, availableParallelism()));
  assert.deepEqual([lanes.count, lanes.idle], [20, ahead]);
  for (let id = 1; id <= 3; id++) lanes.give({ ...walk, id });
  assert.equal(lanes.busy, 3);
  await once(heard, 'ready');
  while (lanes.busy > 0) await once(heard, 'ended');
  assert.equal(threads.length, Math.min(20, ahead + 3));
  await lanes.end(); // before a program is started that clears up
});

test('Lanes: ended while they have jobs, as when the Journal fails, they do no more, this thread neither', async () => {
  const { lanes, here, heard, shared } = lanesOf(2, true);
  await once(heard, 'ready');
  lanes.give({ ...walk, id: 1 });
  lanes.give({ ...walk, id: 2 });
  await lanes.end();
  assert.ok(shared.stopped); // no job is taken from now on, and those that go on end
  await turn();
  assert.deepEqual([here, lanes.busy], [[], 0]);
});

test('Lanes: a thread that takes long to start or to end is waited for, as ending it would end the process', async (t) => {
  const threads: Worker[] = [];
  process.on('worker', (thread) => void threads.push(thread));
  const { lanes } = lanesOf(2, false);
  await turn();
  assert.equal(threads.length, 2);
  for (const thread of threads) t.mock.method(thread, 'terminate', () => assert.fail('it is ended'));
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const ended = lanes.end();
  t.mock.timers.tick(3_600_000);
  await ended;
});
