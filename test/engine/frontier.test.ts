import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BigWork } from '../../src/conduct/big-work.ts';
import { Frontier, type WalkJob } from '../../src/conduct/frontier.ts';

const MiB = 1024 * 1024;

function big(id: number, bytes: number): BigWork {
  const name = Buffer.from(`f${id}\0`);
  const state = { print: '', partial: '', sparse: false, over: '' };
  return new BigWork(id, { dir: Buffer.of(), name, bytes, ...state, rangeBytes: 64 * MiB });
}

test('Frontier.nextQuick() begins a file of many ranges, and leaves its ranges to the lanes', () => {
  const frontier = new Frontier();
  const work = big(1, 1000 * MiB);
  frontier.addBig(work);
  assert.equal(frontier.nextQuick(8 * MiB)?.kind, 'begin');
  frontier.addBegun(work);
  assert.equal(frontier.nextQuick(8 * MiB), undefined);
  assert.equal(frontier.next()?.kind, 'range');
});

test('Frontier.nextQuick() copies a file of few bytes, and no larger one', () => {
  const frontier = new Frontier();
  frontier.addBig(big(1, 5 * MiB));
  assert.equal(frontier.nextQuick(8 * MiB)?.id, 1);
  frontier.addBig(big(2, 9 * MiB));
  assert.equal(frontier.nextQuick(8 * MiB), undefined);
  assert.equal(frontier.next()?.id, 2);
});

test('Frontier.nextQuick() walks while no many large files wait', () => {
  const frontier = new Frontier();
  const bundle = { dir: Buffer.of(), what: 'trees', names: Buffer.of() } as unknown as WalkJob['bundle'];
  frontier.addWalk({ kind: 'walk', id: 1, bundle, inline: false, alone: false, descend: false });
  frontier.addBig(big(2, 9 * MiB));
  assert.equal(frontier.isOneFile, false);
  assert.equal(frontier.nextQuick(8 * MiB)?.kind, 'walk');
  assert.equal(frontier.nextQuick(8 * MiB), undefined);
  assert.equal(frontier.isOneFile, true);
});
