import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { place } from '../survive/ground.ts';
import { runTo } from '../survive/program.ts';
import { solid } from '../trees.ts';

test('a limit of the rate counts in the prediction, and teaches nothing of what goes without', async () => {
  using here = place();
  const [source, state] = [join(here.path, 'from'), join(here.path, 'state')];
  fs.mkdirSync(source);
  solid(join(source, 'file'), 12e6);
  const predicted = async (dest: string, ...flags: string[]) =>
    (await runTo(0, state, ['transfer', ...flags, source, join(here.path, dest)])).summary!.predictedMs!;
  const limited = await predicted('one', '--bwlimit', '6MB');
  assert.ok(limited >= 2000 && limited < 3000, `${limited}`);
  const free = await predicted('other');
  assert.ok(free < 1000, `${free}`);
});
