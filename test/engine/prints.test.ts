import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';
import { PrintCollector } from '../../src/engine/parallel/prints.ts';
import { lookOf, tellsBare } from '../../src/engine/parallel/prints-place.ts';
import { keepAll } from '../../src/request.ts';
import { Stat } from '../../src/work/posix/stat.ts';
import { workspace } from './run.ts';

test('tellsBare() lets root believe only root, who sees attributes that nobody else does', () => {
  const [root, user] = [lookOf(keepAll, 0), lookOf(keepAll, 1000)];
  const [byRoot, byUser] = [leftBy(root), leftBy(user)];
  assert.deepEqual([tellsBare(byRoot, root), tellsBare(byUser, root)], [true, false]);
  assert.deepEqual([tellsBare(byRoot, user), tellsBare(byUser, user)], [true, true]);
});

function leftBy(look: number) {
  const fd = fs.openSync(workspace(), 'r');
  const stat = new Stat();
  stat.of(fd);
  fs.closeSync(fd);
  const collector = new PrintCollector();
  collector.begin(stat, look);
  return { dir: 0n, slice: 0, stamp: 0n, prints: collector.take() };
}
