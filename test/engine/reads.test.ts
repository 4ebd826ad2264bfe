import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { place } from '../survive/ground.ts';
import { runTo } from '../survive/program.ts';
import { solid } from '../trees.ts';

test('what is read to compare contents counts in the prediction', async () => {
  using here = place();
  const [source, state] = [join(here.path, 'from'), join(here.path, 'state')];
  fs.mkdirSync(source);
  solid(join(source, 'file'), 40e6);
  const predicted = async (...flags: string[]) =>
    (await runTo(0, state, ['transfer', ...flags, source, join(here.path, 'to')])).summary!.predictedMs!;
  await predicted();
  const looked = await predicted('--dry-run'); // which teaches nothing
  const compared = await predicted('--dry-run', '--checksum');
  assert.ok(compared > looked + 50, `${looked}, ${compared}`);
  const verified = await predicted('--verify');
  assert.ok(verified > looked + 50, `${looked}, ${verified}`);
});
