import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Summary } from '../../src/report/events.ts';
import { needs } from '../peer.ts';
import { startSshd } from '../ssh/sshd.ts';
import { place } from '../survive/ground.ts';
import { runTo } from '../survive/program.ts';
import { push, transferFar } from './far.ts';

const sizes = { small: 500_000, large: 20e6, huge: 4e9 };
const allBytes = Object.values(sizes).reduce((sum, bytes) => sum + bytes);

/** Files of nothing but holes. */
function hollow(root: string): string {
  fs.mkdirSync(root);
  for (const [name, bytes] of Object.entries(sizes)) {
    fs.writeFileSync(join(root, name), '');
    fs.truncateSync(join(root, name), bytes);
  }
  return root;
}

function countsNothing({ tally, profile, predictedMs }: Summary): void {
  assert.deepEqual([tally.copiedBytes, tally.holeBytes, profile.holeBytes], [allBytes, allBytes, allBytes]);
  assert.ok(predictedMs! < 1500, `${predictedMs}`);
}

test('holes count as nothing in the prediction, and a dry run finds them', async () => {
  using here = place();
  const [source, state] = [hollow(join(here.path, 'from')), join(here.path, 'state')];
  const ran = async (...flags: string[]) =>
    countsNothing((await runTo(0, state, ['transfer', ...flags, source, join(here.path, 'to')])).summary!);
  await ran('--dry-run');
  await ran();
});

test('but where they are written as zeros', async () => {
  using here = place();
  const ends = [hollow(join(here.path, 'from')), join(here.path, 'to')];
  const words = ['transfer', '--dry-run', '--no-preserve', 'sparse', ...ends];
  const { summary } = await runTo(0, join(here.path, 'state'), words);
  assert.ok(summary!.predictedMs! > 1500, `${summary!.predictedMs}`);
});

test('holes count as nothing on the way to a host', { skip: needs('sshd', 'ssh') }, async () => {
  await using sshd = await startSshd();
  const ways = { dest: join(sshd.home, 'to'), state: join(sshd.home, 'state') };
  const ran = await transferFar(sshd, push, { source: hollow(join(sshd.home, 'from')), ...ways });
  assert.equal(ran.status, 0, ran.stderr);
  countsNothing(ran.summary!);
});
