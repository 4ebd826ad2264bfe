import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import type { Ended } from '../survive/program.ts';
import { differences, type Far, far, ways } from './ground.ts';
import { everything } from './tree.ts';

// A tree with something of everything, between this machine and others: what arrived is judged by another program,
// less only what the run itself said that it does not carry.

for (const [name, endsOf] of Object.entries(ways)) {
  test(`everything goes ${name}, and a second time nothing does`, {
    skip: needs('sshd', 'rsync', 'root'),
  }, async () => {
    await using here = await far();
    await everything(here.source);
    const ends = endsOf(here);
    const dry = await here.runTo(0, ['transfer', '--dry-run', ...ends]);
    assert.equal(fs.existsSync(here.dest), false);
    const done = await here.runTo(0, ['transfer', '-v', ...ends]);
    assert.deepEqual(entriesOf(dry), entriesOf(done));
    assert.deepEqual(judged(here, done), []);
    assert.equal(done.stderr, '');
    await assertUntouched(here, ends);
    await assertVerified(here, ends);
  });
}

function entriesOf({ said }: Ended): string[] {
  const entries = said.filter(({ type }) => type === 'entry');
  return entries
    .map(({ action, path, pathBase64, bytes }) => [action, path, pathBase64, bytes].join(' '))
    .sort();
}

/** What another program finds, less what was said. */
function judged({ source, dest }: Far, { summary }: Ended): string[] {
  assert.equal(summary!.notices.special, undefined); // tar carries them
  assert.equal(summary!.notices.hardlink, undefined);
  return differences(source, dest);
}

async function assertUntouched({ dest, runTo }: Far, ends: readonly string[]): Promise<void> {
  const before = touches(dest);
  const { summary, said } = await runTo(0, ['transfer', '-v', ...ends]);
  const { copied, made, repaired, linked, failed } = summary!.tally;
  assert.deepEqual(
    { copied, made, repaired, linked, failed },
    { copied: 0, made: 0, repaired: 0, linked: 0, failed: 0 },
  );
  assert.deepEqual(
    said.filter(({ type }) => type === 'entry'),
    [],
  );
  assert.equal(summary!.notices.times, undefined); // they are as fine as they were
  assert.deepEqual(touches(dest), before);
}

function touches(root: string): string[] {
  return execFileSync('find', [root, '-printf', '%p %i %C@ %T@\\0'], { encoding: 'latin1' })
    .split('\0')
    .sort();
}

/** It agrees; where a byte is another one though size and time are the same, reading says so. */
async function assertVerified({ dest, runTo }: Far, ends: readonly string[]): Promise<void> {
  const path = join(dest, 'large');
  const { atime, mtime } = fs.statSync(path);
  flip(path, 65 * 2 ** 20);
  fs.utimesSync(path, atime, mtime);
  await runTo(0, ['verify', ...ends]);
  const read = differencesOf(await runTo(4, ['verify', '--checksum', ...ends]));
  assert.deepEqual(read, [['large', ['content']]]);
}

function differencesOf({ said }: Ended): [string, unknown][] {
  const found = said.filter(({ type }) => type === 'difference');
  return found.map(({ path, what }) => [String(path), what]);
}

function flip(path: string, at: number): void {
  const fd = fs.openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  fs.readSync(fd, byte, 0, 1, at);
  byte[0]! ^= 1;
  fs.writeSync(fd, byte, 0, 1, at);
  fs.closeSync(fd);
}
