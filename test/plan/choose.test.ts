import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { choose } from '../../src/plan/choose.ts';
import type { Cost } from '../../src/plan/cost.ts';
import type { Counts } from '../../src/plan/counts.ts';
import { type Build, thisBuild } from '../../src/plan/fit.ts';
import { type EngineName, engineNames, type PlaceKind, type Strategy } from '../../src/plan/plan.ts';
import type { Route } from '../../src/plan/route.ts';
import { costOf, countsOf, routeOf } from './counts.ts';

const whole: Build = { engines: engineNames, named: [], nativeS3: false };
const nothing = { route: [], machine: [] };

const mixed = countsOf({ files: 5000, bytes: 5e9, smallFiles: 100 });
const three = countsOf({ files: 3, bytes: 300 });
const tiny = countsOf({ files: 1000, bytes: 1e6, smallFiles: 801 });
const huge = countsOf({ files: 100, bytes: 1000, hugeFileBytes: 501 });

const streams = 'several streams side by side suit a mixture of sizes';
const oneMachine = 'both ends are on this machine, where several lanes use every core and disk';

type Case = readonly [string, Counts | undefined, PlaceKind, PlaceKind | undefined, EngineName, string];

const table: readonly Case[] = [
  [
    'a cloud destination',
    tiny,
    'local',
    'cloud',
    'rclone',
    'one end is a cloud place, and rclone speaks its protocol',
  ],
  [
    'a cloud source',
    three,
    'cloud',
    'ssh',
    'rclone',
    'one end is a cloud place, and rclone speaks its protocol',
  ],
  [
    'two cloud places',
    huge,
    'cloud',
    'cloud',
    'rclone',
    'one end is a cloud place, and rclone speaks its protocol',
  ],
  ['S3', three, 's3', 'local', 'rclone', 'one end is an S3 bucket, and rclone speaks its protocol'],
  ['two hosts', tiny, 'ssh', 'ssh', 'proxy', 'both ends are remote, so the data passes through this machine'],
  [
    'HTTP to a host',
    three,
    'http',
    'ssh',
    'proxy',
    'both ends are remote, so the data passes through this machine',
  ],
  ['two disks and 3 files', three, 'local', 'local', 'parallel', oneMachine],
  ['two disks and tiny files', tiny, 'local', 'local', 'parallel', oneMachine],
  ['no destination', huge, 'local', undefined, 'parallel', oneMachine],
  [
    '1 file',
    countsOf({ files: 1 }),
    'local',
    'ssh',
    'parallel',
    'one file is too few for batches: large ones go in ranges, over several connections',
  ],
  [
    '10 files',
    countsOf({ files: 10 }),
    'ssh',
    'local',
    'parallel',
    '10 files are too few for batches: large ones go in ranges, over several connections',
  ],
  ['11 files', countsOf({ files: 11 }), 'local', 'ssh', 'parallel', streams],
  ['no file', countsOf({ directories: 1 }), 'local', 'ssh', 'parallel', streams],
  [
    '1,000 files, over 80 % below 10 KB',
    tiny,
    'local',
    'ssh',
    'tar',
    '80 % of the files are below 10 KB, and tar carries them in one stream',
  ],
  [
    '1,000 files, 80 % below 10 KB',
    countsOf({ files: 1000, smallFiles: 800 }),
    'local',
    'ssh',
    'parallel',
    streams,
  ],
  ['999 files below 10 KB', countsOf({ files: 999, smallFiles: 999 }), 'local', 'ssh', 'parallel', streams],
  [
    'over 50 % of the bytes in huge files',
    huge,
    'local',
    'ssh',
    'parallel',
    '50 % of the bytes are in files above 100 MB, which go in ranges over several connections',
  ],
  [
    '50 % of the bytes in huge files',
    countsOf({ files: 100, bytes: 1000, hugeFileBytes: 500 }),
    'local',
    'ssh',
    'parallel',
    streams,
  ],
  [
    'tiny files and huge bytes',
    countsOf({ files: 2000, smallFiles: 1999, bytes: 1e9, hugeFileBytes: 9e8 }),
    'local',
    'ssh',
    'tar',
    '99 % of the files are below 10 KB, and tar carries them in one stream',
  ],
  ['a mixture', mixed, 'local', 'ssh', 'parallel', streams],
  ['a tree nothing is known of', undefined, 'local', 'ssh', 'parallel', streams],
  [
    '3 files from HTTP',
    three,
    'http',
    'local',
    'parallel',
    '3 files are too few for batches: large ones go in ranges, over several connections',
  ],
];

describe('choose() by rule', () => {
  for (const [name, counts, source, dest, engine, reason] of table) {
    test(`takes ${engine} for ${name}`, () => {
      const choice = choose(counts, routeOf(source, dest), {
        strategy: 'auto',
        costs: nothing,
        build: whole,
      });
      assert.deepEqual({ engine: choice.engine, reason: choice.reason }, { engine, reason });
      assert.equal(choice.wanted, engine);
    });
  }

  test('takes parallel for S3 once it speaks S3 itself', () => {
    const build = { ...whole, nativeS3: true };
    const choice = choose(tiny, routeOf('local', 's3'), { strategy: 'auto', costs: nothing, build });
    assert.equal(choice.engine, 'parallel');
    assert.match(choice.reason, /^one end is an S3 bucket, where several streams/);
    const rclone = choice.candidates.find((candidate) => candidate.engine === 'rclone')!;
    assert.equal(rclone.reason, 'neither end is a place of rclone, and others keep more');
  });
});

describe('choose() by what was measured', () => {
  const far = routeOf('local', 'ssh', 50);
  const pick = (costs: readonly Cost[], counts: Counts = tiny) =>
    choose(counts, far, { strategy: 'auto', costs: { route: costs, machine: [] }, build: whole });

  test('leaves the rule for an engine that takes clearly less time', () => {
    const choice = pick([costOf('tar', { perFileMs: 10 }), costOf('rsync', { perFileMs: 1 })]);
    assert.equal(choice.engine, 'rsync');
    assert.match(choice.reason, /^by what runs on this route measured, it takes \d+ % less time than tar$/);
  });

  test('keeps the rule for an engine that takes about the same time', () => {
    assert.equal(pick([costOf('tar', { perFileMs: 10 }), costOf('rsync', { perFileMs: 9.5 })]).engine, 'tar');
  });

  test('keeps the rule until its engine was measured too', () => {
    assert.equal(pick([costOf('rsync', { perFileMs: 0.0001 })]).engine, 'tar');
    const untaught = costOf('tar', { perFileMs: 10, runs: 0 });
    assert.equal(pick([untaught, costOf('rsync', { perFileMs: 0.0001 })]).engine, 'tar');
  });

  test('keeps the rule where nothing is known of the tree', () => {
    const costs = { route: [costOf('parallel', { perFileMs: 10 }), costOf('tar')], machine: [] };
    assert.equal(choose(undefined, far, { strategy: 'auto', costs, build: whole }).engine, 'parallel');
  });

  test('never takes an engine that cannot do the route', () => {
    const costs = {
      route: [costOf('rclone', { perFileMs: 10 }), costOf('tar', { perFileMs: 0 })],
      machine: [],
    };
    const choice = choose(tiny, routeOf('local', 'cloud'), { strategy: 'auto', costs, build: whole });
    assert.equal(choice.engine, 'rclone');
  });

  test('says what each prediction rests on, the route before the machine', () => {
    const costs = {
      route: [costOf('tar', { setupMs: 1000 })],
      machine: [
        costOf('tar', { setupMs: 5 }),
        costOf('rsync', { setupMs: 7 }),
        costOf('rclone', { runs: 0 }),
      ],
    };
    const { candidates } = choose(countsOf({}), routeOf('local', 'ssh'), {
      strategy: 'auto',
      costs,
      build: whole,
    });
    const basis = candidates.map(({ engine, basis, predictedMs }) => [engine, basis, predictedMs]);
    assert.deepEqual(basis, [
      ['parallel', 'default', 100],
      ['tar', 'route', 1000],
      ['proxy', 'default', undefined],
      ['rsync', 'machine', 7],
      ['rclone', 'default', undefined],
    ]);
  });
});

describe('choose() in this build', () => {
  const pick = (counts: Counts | undefined, route: Route, strategy: Strategy = 'auto') =>
    choose(counts, route, { strategy, costs: nothing, build: thisBuild });

  test('names what it would choose and lets the quickest it has do it', () => {
    const build: Build = { engines: ['tar', 'rclone'], named: ['parallel'], nativeS3: true };
    const choice = choose(three, routeOf('local', 'ssh'), { strategy: 'auto', costs: nothing, build });
    assert.deepEqual([choice.engine, choice.wanted], ['tar', 'parallel']);
    assert.match(
      choice.reason,
      /^parallel would be chosen \(3 files are .*\), but it runs only by --strategy parallel$/,
    );
    const parallel = choice.candidates.find(({ engine }) => engine === 'parallel')!;
    assert.deepEqual([parallel.fit, parallel.inBuild, parallel.chosen], [true, false, false]);
    assert.match(parallel.reason, /^only by --strategy parallel; would be chosen: 3 files are/);
  });

  test('takes no engine that it does not have, though another build measured it', () => {
    const costs = { route: [costOf('parallel', { perFileMs: 10 }), costOf('tar')], machine: [] };
    const choice = choose(three, routeOf('local', 'local'), { strategy: 'auto', costs, build: thisBuild });
    assert.deepEqual([choice.engine, choice.wanted, choice.reason], ['parallel', 'parallel', oneMachine]);
  });

  test('has no engine for what only rclone reaches, and says so', () => {
    const build: Build = { engines: ['parallel', 'tar', 'proxy'], named: [], nativeS3: false };
    const choice = choose(three, routeOf('local', 'cloud'), { strategy: 'auto', costs: nothing, build });
    assert.equal(choice.engine, undefined);
    assert.match(choice.reason, /^rclone would be chosen \(.*\), but it is not in this build$/);
    assert.ok(choice.candidates.every(({ chosen }) => !chosen));
  });

  test('has no engine for a strategy that it does not have', () => {
    const build: Build = { engines: ['parallel'], named: [], nativeS3: false };
    const choice = choose(three, routeOf('local', 'local'), { strategy: 'rsync', costs: nothing, build });
    assert.deepEqual(
      [choice.engine, choice.wanted, choice.reason],
      [undefined, 'rsync', 'rsync is not in this build'],
    );
  });

  test('takes by name what it chooses for nobody', () => {
    const choice = pick(three, routeOf('local', 'local'), 'rsync');
    assert.deepEqual([choice.engine, choice.reason], ['rsync', '--strategy rsync asks for it']);
  });

  test('has no engine for a strategy that cannot do the route', () => {
    const choice = pick(three, routeOf('local', 'local'), 'proxy');
    assert.equal(choice.engine, undefined);
    assert.equal(choice.reason, 'proxy cannot: it joins two remote places, and one end is this machine');
  });

  test('takes the strategy that was asked for, against the rules', () => {
    const choice = pick(three, routeOf('local', 'ssh'), 'parallel');
    assert.deepEqual([choice.engine, choice.reason], ['parallel', '--strategy parallel asks for it']);
  });

  test('predicts nothing where nothing is known of the tree', () => {
    assert.equal(pick(undefined, routeOf('local', 'local')).predictedMs, undefined);
  });
});

describe('choose() tells of the engines it did not take', () => {
  const reasons = (counts: Counts, route: Route, costs: readonly Cost[] = [], build = whole) =>
    Object.fromEntries(
      choose(counts, route, {
        strategy: 'auto',
        costs: { route: costs, machine: [] },
        build,
      }).candidates.map(({ engine, reason }) => [engine, reason]),
    );

  test('why they cannot', () => {
    const told = reasons(tiny, routeOf('local', 'cloud'));
    assert.equal(told.rsync, 'it does not reach cloud places');
    assert.equal(told.tar, 'it does not reach cloud places');
    assert.equal(told.parallel, 'it does not reach cloud places');
    assert.equal(told.proxy, 'it joins two remote places, and one end is this machine');
    const remote = reasons(tiny, routeOf('ssh', 'ssh'));
    assert.equal(remote.rsync, 'it does not copy from one remote place to another');
    assert.equal(reasons(tiny, routeOf('local', 'http')).rclone, 'it writes nothing to HTTP places');
    assert.equal(reasons(tiny, routeOf('s3', 'local')).parallel, 'it does not reach S3');
  });

  test('how they compare', () => {
    const setups = { parallel: 1000, tar: 2500, rsync: 1050 };
    const costs = Object.entries(setups).map(([engine, setupMs]) => costOf(engine, { setupMs }));
    const told = reasons(countsOf({}), routeOf('local', 'local'), costs);
    assert.equal(told.tar, 'both ends are on this machine, where nothing has to be packed');
    const far = reasons(countsOf({}), routeOf('local', 'ssh'), costs);
    assert.equal(far.tar, 'about 2.5 times the time of parallel');
    assert.equal(told.rsync, 'about the time of parallel');
    assert.equal(told.rclone, 'neither end is a place of rclone, and others keep more');
    const over = (known: readonly Cost[]) => reasons(countsOf({}), routeOf('local', 'ssh'), known).tar!;
    const known = [costOf('parallel', { setupMs: 1000 }), costOf('tar', { setupMs: 500 })];
    assert.equal(over(known.slice(0, 1)), 'perhaps quicker than parallel, but never measured here');
    assert.match(over(known), /50 % less time than parallel$/);
  });
});
