import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { score as emptyScore } from '../../src/conduct/score/score.ts';
import { createControl } from '../../src/control.ts';
import { parallel } from '../../src/engine/parallel/parallel.ts';
import { openJournal } from '../../src/journal/open.ts';
import type { Event } from '../../src/report/events.ts';
import { asUsual, type TransferRequest } from '../../src/request.ts';
import { begin } from '../../src/run/begin.ts';
import { placeOf } from '../../src/way/destination.ts';
import { openEnds } from '../../src/way/local-ends.ts';
import { setupToCopy } from '../../src/way/local-setup.ts';
import { commitOf, leftOf } from '../journal/fixture.ts';
import { judge } from '../judge.ts';
import { needs } from '../peer.ts';
import { workspace } from './run.ts';

const skip = needs('rsync');

const request: Omit<TransferRequest, 'stateDir'> = {
  ...asUsual,
  strategy: 'parallel',
  streams: 2,
  searchPath: process.env.PATH!,
  verbose: true,
};

test('parallel() copies a file of more than 10,000 ranges, and a tree of more than 10,000 bundles', {
  skip,
}, async () => {
  const here = workspace();
  const [from, to] = [join(here, 'from'), join(here, 'to')];
  fs.mkdirSync(from);
  const words = new Uint32Array(12_000 * 1024 + 3).map((_, at) => Math.imul(at, 0x9e3779b1));
  fs.writeFileSync(join(from, 'ranged'), words);
  for (let dir = 0; dir < 100; dir++) {
    for (let below = 0; below < 105; below++)
      fs.mkdirSync(join(from, `${dir}/${below}`), { recursive: true });
    fs.writeFileSync(join(from, `${dir}/file`), `${dir}`);
  }
  const { done, parts } = await copy(here, from, to, { rangeBytes: 4096, budget: { entries: 1, bytes: 1 } });
  assert.ok(parts > 10_000, `${parts} parts`);
  assert.equal(done.length, new Set(done).size);
  assert.equal(done.length, 1 + 100 * 107);
  assert.equal(await judge(from, to), '');
});

test('parallel() copies files of exactly a range and one more or less, and the smallest that are ranged', {
  skip,
}, async () => {
  const here = workspace();
  const [from, to] = [join(here, 'from'), join(here, 'to')];
  fs.mkdirSync(from);
  for (const range of [1, 2, 3, 7]) {
    for (const more of [-1, 0, 1])
      fs.writeFileSync(join(from, `${range} ${more}`), Buffer.alloc(range * 4096 + more, 'x'));
  }
  const { done } = await copy(here, from, to, { rangeBytes: 4096, inlineBytes: 4096 });
  assert.equal(done.length, 12);
  assert.equal(await judge(from, to), '');
});

type Sizes = Partial<Pick<ReturnType<typeof setupToCopy>, 'rangeBytes' | 'inlineBytes' | 'budget'>>;

/** Copies, and leaves nothing open. */
async function copy(here: string, from: string, to: string, sizes: Sizes) {
  const open = fs.readdirSync('/proc/self/fd').length;
  const copied = await copyOpenly(here, from, to, sizes);
  assert.equal(fs.readdirSync('/proc/self/fd').length, open);
  return copied;
}

/** The engine alone, with Parts as small as asked for; answers the names it told of and the Parts it had. */
async function copyOpenly(here: string, from: string, to: string, sizes: Sizes) {
  const control = createControl();
  const place = (path: string) => ({ kind: 'local', path: Buffer.from(path) }) as const;
  const ends = await openEnds(place(from), place(to), { make: true, keepsMode: true }, control.signal);
  const asked = { ...request, stateDir: join(here, 'state') };
  const key = 'f'.repeat(64);
  using journal = openJournal(asked.stateDir, { key, source: from, dest: to });
  const begun = await begin(journal, asked, {
    single: undefined,
    place: placeOf(ends.dest),
    bootId: undefined,
    clock: Date.now,
    report: () => assert.fail('there is no list'),
  });
  // Lanes that go on to read what was left share our descriptors.
  const much = [0, 1, 2, 3, 4].map((slice) => leftOf(0n, slice, 'x'.repeat(2 ** 20)));
  journal.commit(commitOf({ left: much }));
  const known = { trust: false, leftPath: journal.path, spared: [], deltaFrom: undefined, comparedSince: 0n };
  const setup = { ...setupToCopy(ends, asked, { ...begun, key, ...known }), ...sizes };
  const order = { setup, journal, durability: asked.durability, lanes: 2, cores: 2, maxErrors: 0 };
  const done: string[] = [];
  const report = (event: Event) => {
    if (event.type === 'entry') done.push(Buffer.from(event.path).toString('latin1'));
    assert.notEqual(event.type, 'failed');
  };
  const score = emptyScore();
  await parallel(order, { score, report, control });
  assert.ok(score.isComplete);
  assert.deepEqual([...journal.pendingParts()], []);
  const { tally, profile, notices } = score;
  journal.endRun({
    state: 'done',
    tally,
    profile,
    notices,
    predictedMs: undefined,
    whyOff: undefined,
    expected: undefined,
    elapsedMs: 1,
  });
  const { size } = fs.statSync(join(from, fs.readdirSync(from)[0]!));
  return { done, parts: Math.max(profile.directories, size / setup.rangeBytes) };
}
