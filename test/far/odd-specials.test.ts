import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { far } from './ground.ts';

const skip = needs('sshd', 'root');

const seconds = [
  [-1, 0],
  [2 ** 31, 2 ** 31],
  [2 ** 32, 2 ** 32 - 1],
] as const;

for (const [given, kept] of seconds)
  test(`a FIFO and a device with a time of ${given} are made on a host, once, with all else`, {
    skip,
  }, async () => {
    await using here = await far();
    const special = ['fifo', 'device'].map((name) => join(here.source, name));
    execFileSync('mkfifo', [special[0]!]);
    execFileSync('mknod', [special[1]!, 'b', '1', '300']);
    execFileSync('touch', ['-d', `@${given}`, ...special]);
    fs.writeFileSync(join(here.source, 'file'), 'x');
    const words = ['transfer', here.source, here.url(here.dest)];
    const first = await here.runTo(0, words);
    const again = await here.runTo(0, words);
    for (const { notices } of [first.summary!, again.summary!])
      assert.deepEqual(notices, kept === given ? {} : { times: 2 });
    assert.deepEqual([first.summary!.tally.made, first.summary!.tally.copied], [2, 1]);
    assert.deepEqual([again.summary!.tally.made, again.summary!.tally.repaired], [0, 0]);
    for (const name of ['fifo', 'device'])
      assert.equal(fs.lstatSync(join(here.dest, name)).mtimeMs, kept * 1000, name);
  });

for (const given of [-1, 2 ** 31])
  test(`a FIFO with a time of ${given} keeps nothing else from going from host to host`, {
    skip,
  }, async () => {
    await using here = await far();
    execFileSync('mkfifo', [join(here.source, 'fifo')]);
    execFileSync('touch', ['-d', `@${given}`, join(here.source, 'fifo')]);
    for (const name of ['a', 'z']) fs.writeFileSync(join(here.source, name), name);
    const { summary } = await here.runTo(0, ['transfer', here.url(here.source), here.url(here.dest)]);
    const made = fs.existsSync(join(here.dest, 'fifo')) ? 1 : 0;
    assert.deepEqual([summary!.tally.copied, summary!.tally.made], [2, made]);
    assert.equal(summary!.notices.special ?? 0, 1 - made);
  });
