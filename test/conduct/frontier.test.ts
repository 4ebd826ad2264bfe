import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BigWork } from '../../src/conduct/bigs/big-work.ts';
import { Frontier, type WalkJob } from '../../src/conduct/frontier/frontier.ts';

const MiB = 1024 * 1024;

function big(id: number, bytes: number): BigWork {
  const name = Buffer.from(`f${id}\0`);
  const state = { print: '', partial: '', sparse: false, over: '' };
  return new BigWork(id, { dir: Buffer.of(), name, bytes, ...state, rangeBytes: 64 * MiB });
}

test('Frontier.nextQuick() begins a file of many ranges, and leaves its ranges to the lanes', () => {
  const frontier = new Frontier(false);
  const work = big(1, 1000 * MiB);
  frontier.addBig(work);
  assert.equal(frontier.nextQuick(8 * MiB)?.kind, 'begin');
  frontier.addBegun(work);
  assert.equal(frontier.nextQuick(8 * MiB), undefined);
  assert.equal(frontier.next()?.kind, 'range');
});

test('Frontier.nextQuick() copies a file of few bytes, and no larger one', () => {
  const frontier = new Frontier(false);
  frontier.addBig(big(1, 5 * MiB));
  assert.equal(frontier.nextQuick(8 * MiB)?.id, 1);
  frontier.addBig(big(2, 9 * MiB));
  assert.equal(frontier.nextQuick(8 * MiB), undefined);
  assert.equal(frontier.next()?.id, 2);
});

test('Frontier.nextQuick() walks while no many large files wait', () => {
  const frontier = new Frontier(false);
  const bundle = { dir: Buffer.of(), what: 'trees', names: Buffer.of() } as unknown as WalkJob['bundle'];
  frontier.addWalk({ kind: 'walk', id: 1, bundle, inline: false, alone: false, descend: false });
  frontier.addBig(big(2, 9 * MiB));
  assert.equal(frontier.isOneFile, false);
  assert.equal(frontier.nextQuick(8 * MiB)?.kind, 'walk');
  assert.equal(frontier.nextQuick(8 * MiB), undefined);
  assert.equal(frontier.isOneFile, true);
});

/** Two large files: what three lanes get, one after the other. */
function threeLanes(apart: boolean): string[] {
  const frontier = new Frontier(apart);
  const works = [big(1, 1000 * MiB), big(2, 900 * MiB)];
  for (const work of works) frontier.addBig(work);
  frontier.next();
  frontier.addBegun(works[0]!);
  const jobs = [frontier.next()!, frontier.next()!];
  if (jobs[1]!.kind === 'begin') frontier.addBegun(works[1]!);
  jobs.push(frontier.next()!, frontier.next()!);
  return jobs.map(({ kind, id }) => `${kind} ${id}`);
}

test('Frontier.next() gives each lane a file of its own, and ranges of one another is at when there is no other', () => {
  assert.deepEqual(threeLanes(true), ['range 1', 'begin 2', 'range 2', 'range 1']);
});

test('Frontier.next() gives all ranges of a file first where lanes do not wait for each other', () => {
  assert.deepEqual(threeLanes(false), ['range 1', 'range 1', 'range 1', 'range 1']);
});
