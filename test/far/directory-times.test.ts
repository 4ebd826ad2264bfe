import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openHost } from '../../src/ssh/host.ts';
import { below, itself } from '../../src/store/path.ts';
import { FineTimes, givingTimes } from '../../src/store/sftp/shell/fine-times.ts';
import { needs } from '../peer.ts';
import { MiB, solid } from '../trees.ts';
import { far, ways } from './ground.ts';

const never = new AbortController().signal;
const skip = needs('sshd');

/** Directories that get a large file after all else, or another name of one. */
function changedLate(root: string): void {
  for (const name of ['sub/below', 'names', 'small']) fs.mkdirSync(join(root, name), { recursive: true });
  solid(join(root, 'large'), 2 * MiB);
  solid(join(root, 'sub/below/large'), 2 * MiB);
  fs.writeFileSync(join(root, 'small/one'), 'small');
  fs.linkSync(join(root, 'small/one'), join(root, 'names/another'));
  execFileSync('find', [root, '-depth', '-exec', 'touch', '-hd', '@1700000000.123456789', '{}', '+']);
}

function directoryTimes(root: string): string[] {
  const said = execFileSync('find', [root, '-type', 'd', '-printf', '%P %T@\n'], { encoding: 'utf8' });
  return said.split('\n').sort();
}

for (const name of ['to a host', 'from host to host']) {
  test(`directories that hold large files and joined names have their whole times ${name}`, {
    skip,
  }, async () => {
    await using here = await far();
    changedLate(here.source);
    await here.runTo(0, ['transfer', ...ways[name]!(here)]);
    assert.deepEqual(directoryTimes(here.dest), directoryTimes(here.source));
  });
}

test('so they have where nothing is synced', { skip }, async () => {
  await using here = await far();
  changedLate(here.source);
  await here.runTo(0, ['transfer', '--durability', 'none', ...ways['to a host']!(here)]);
  assert.deepEqual(directoryTimes(here.dest), directoryTimes(here.source));
});

test('a symlink that took the place of a directory is not followed to another one', { skip }, async () => {
  await using here = await far();
  fs.mkdirSync(join(here.path, 'elsewhere/in'), { recursive: true });
  fs.mkdirSync(join(here.dest, "it's there"), { recursive: true });
  fs.symlinkSync('../elsewhere', join(here.dest, 'link'));
  execFileSync('find', [here.path, '-exec', 'touch', '-hd', '@1600000000', '{}', '+']);
  const times = new FineTimes();
  const link = below(itself, Buffer.from('link'))!;
  const dirs = [itself, link, below(link, Buffer.from('in'))!, below(itself, Buffer.from("it's there"))!];
  for (const dir of dirs) times.add(dir, 1_700_000_000_123_456_789n);
  await using host = await openHost(here.server.place(), here.server.access, never);
  await givingTimes({ run: host.run, root: Buffer.from(here.dest) }, times)(never);
  const fine = Array(2).fill('1700000000.1234567890');
  assert.deepEqual(
    directoryTimes(here.dest).map((line) => line.split(' ').at(-1)),
    ['', ...fine],
  );
  assert.deepEqual(directoryTimes(join(here.path, 'elsewhere')), [
    '',
    ' 1600000000.0000000000',
    'in 1600000000.0000000000',
  ]);
});
