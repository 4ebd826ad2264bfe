import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { MiB, solid } from '../trees.ts';
import { far } from './ground.ts';

const skip = needs('sshd');

/** Small ones, which go together, large ones with and without other names, and directories that are changed for those. */
function timed(root: string): void {
  fs.mkdirSync(join(root, 'dir/below'), { recursive: true });
  fs.writeFileSync(join(root, 'dir/below/small'), 'small');
  fs.writeFileSync(join(root, 'small'), 'small');
  solid(join(root, 'large'), 3 * MiB);
  solid(join(root, 'dir/named'), 3 * MiB);
  fs.linkSync(join(root, 'dir/named'), join(root, 'dir/below/named too'));
  fs.symlinkSync('small', join(root, 'link'));
  execFileSync('find', [root, '-depth', '-exec', 'touch', '-hd', '@1700000000.123456789', '{}', '+']);
}

function times(root: string): string[] {
  const said = execFileSync('find', [root, '-printf', '%P %T@\n'], { encoding: 'utf8' });
  return said.split('\n').sort();
}

test('all times that come from a host have their fractions of a second', { skip }, async () => {
  await using here = await far();
  timed(here.source);
  const ends = [here.url(here.source), here.dest];
  const { summary } = await here.runTo(0, ['transfer', ...ends]);
  assert.deepEqual(times(here.dest), times(here.source));
  assert.equal(summary!.notices.clock, undefined);
  const again = await here.runTo(0, ['transfer', ...ends]);
  assert.deepEqual([again.summary!.tally.copied, again.summary!.tally.repaired], [0, 0]);
  fs.appendFileSync(join(here.source, 'large'), 'more');
  fs.mkdirSync(join(here.source, 'dir/new'));
  await here.runTo(0, ['transfer', ...ends]);
  assert.deepEqual(times(here.dest), times(here.source));
});

test('so has one file alone', { skip }, async () => {
  await using here = await far();
  timed(here.source);
  fs.mkdirSync(here.dest);
  for (const name of ['small', 'large']) {
    await here.runTo(0, ['transfer', here.url(join(here.source, name)), here.dest]);
    assert.deepEqual(times(join(here.dest, name)), times(join(here.source, name)));
  }
});

test('fractions that large files lose on their way from host to host are counted', { skip }, async () => {
  await using here = await far();
  timed(here.source);
  const { summary } = await here.runTo(0, ['transfer', here.url(here.source), here.url(here.dest)]);
  assert.ok(summary!.notices.clock! >= 2);
});
