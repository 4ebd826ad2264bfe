import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exfatAt, exfatPeers } from '../engine/exfat.ts';
import { needs } from '../peer.ts';
import { place } from '../survive/ground.ts';
import { failures, strays } from '../survive/program.ts';
import { type Far, far } from './ground.ts';

// Hosts with no `stat` that says which file system a place is on, and no way to give a directory a time that it said.

async function farWithoutStat(): Promise<Far> {
  const tools = place();
  const programs = new Map(
    ['/bin', '/usr/bin'].flatMap((dir) => fs.readdirSync(dir).map((name) => [name, dir])),
  );
  programs.delete('stat');
  for (const [name, dir] of programs) fs.symlinkSync(join(dir, name), join(tools.path, name));
  const sh = execFileSync('sh', ['-c', 'command -v sh'], { encoding: 'utf8' }).trim();
  const here = await far({
    options: [`ForceCommand PATH=${tools.path} exec ${sh} -c "$SSH_ORIGINAL_COMMAND"`],
  });
  return {
    ...here,
    [Symbol.asyncDispose]: async () => {
      await here[Symbol.asyncDispose]();
      tools[Symbol.dispose]();
    },
  };
}

for (const names of [
  ['a.txt', 'Sub'],
  ['1', '2'],
])
  test(`a further run to a place with ${names} on a host without stat changes no time`, {
    skip: needs('sshd'),
  }, async () => {
    await using here = await farWithoutStat();
    for (const name of names) fs.writeFileSync(join(here.source, name), name);
    fs.utimesSync(here.source, 1e9, 1e9);
    const words = ['transfer', here.source, here.url(here.dest)];
    await here.runTo(0, words);
    const before = fs.statSync(here.dest, { bigint: true });
    const { made, repaired, copied, updated } = (await here.runTo(0, words)).summary!.tally;
    assert.deepEqual([made, repaired, copied, updated], [0, 0, 0, 0]);
    const after = fs.statSync(here.dest, { bigint: true });
    assert.deepEqual([after.mtimeNs, after.ctimeNs], [before.mtimeNs, before.ctimeNs]);
    assert.deepEqual(strays(here.dest), []);
  });

test('names that a host without stat takes for one do not overwrite each other', {
  skip: needs('sshd', ...exfatPeers),
}, async () => {
  await using here = await farWithoutStat();
  const disk = join(here.path, 'disk');
  for (const name of ['A.txt', 'a.txt', 'b']) fs.writeFileSync(join(here.source, name), name);
  using _mounted = await exfatAt(disk);
  const words = ['transfer', here.source, here.url(disk)];
  for (let run = 0; run < 2; run++) {
    const failed = [...failures(await here.runTo(3, words))];
    assert.equal(failed.length, 1);
    assert.match(failed[0]![1], /^refused: .*does not tell upper from lower case/);
    const kept = fs.readdirSync(disk).find((name) => /^a/i.test(name))!;
    assert.equal(fs.readFileSync(join(disk, kept), 'latin1'), kept);
  }
});

test('a place in which names differ in case alone tells them apart', { skip: needs('sshd') }, async () => {
  await using here = await farWithoutStat();
  fs.mkdirSync(here.dest);
  for (const name of ['A', 'a']) fs.writeFileSync(join(here.dest, name), name);
  for (const name of ['A', 'a', 'B', 'b']) fs.writeFileSync(join(here.source, name), name);
  await here.runTo(0, ['transfer', '--checksum', here.source, here.url(here.dest)]);
  assert.deepEqual(fs.readdirSync(here.dest).sort(), ['A', 'B', 'a', 'b']);
});
