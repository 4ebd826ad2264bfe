import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { Disk } from '../survive/disk.ts';
import { MiB, solid } from '../trees.ts';
import { differences, far } from './ground.ts';

// What is mounted below the place on a host: the power fails right after the run has ended.

for (const [strategy, what] of [
  ['auto', 'new directory'],
  ['tar', 'new directory'],
  ['rsync', 'new directory'],
  ['tar', 'directory that is there'],
  ['rsync', 'directory that is there'],
] as const)
  test(`what goes to another disk below the place is there after a power cut, too, in a ${what} by ${strategy}`, {
    skip: needs('sshd', 'rsync', 'root', 'loop', 'mkfs.ext4'),
  }, async () => {
    await using here = await far();
    fs.mkdirSync(join(here.dest, 'a b\\c'), { recursive: true });
    using disk = new Disk(join(here.dest, 'a b\\c', 'disk'), 'ext4', { bytes: 100 * MiB });
    const below = join('a b\\c', 'disk', 'sub');
    fs.mkdirSync(join(here.source, below), { recursive: true });
    if (what !== 'new directory') {
      fs.mkdirSync(join(here.dest, below));
      execFileSync('sync', ['-f', join(here.dest, below)]);
    }
    for (const name of ['one', 'two', 'three'])
      fs.writeFileSync(join(here.source, below, name), name.repeat(999));
    if (what === 'new directory') solid(join(here.source, below, 'large'), 20 * MiB);
    solid(join(here.source, 'large'), MiB);
    await here.runTo(0, ['transfer', '--strategy', strategy, here.source, here.url(here.dest)]);
    await disk.cut();
    disk.restart();
    assert.deepEqual(differences(join(here.source, below), join(here.dest, below)), []);
  });

for (const strategy of ['auto', 'tar', 'parallel', 'rsync'])
  test(`what is found on another disk below the place is there after a power cut, too, by ${strategy}`, {
    skip: needs('sshd', 'rsync', 'root', 'loop', 'mkfs.ext4'),
  }, async () => {
    await using here = await far();
    fs.mkdirSync(here.dest);
    using disk = new Disk(join(here.dest, 'disk'), 'ext4', { bytes: 100 * MiB });
    const below = join('disk', 'sub', 'in');
    fs.mkdirSync(join(here.source, below), { recursive: true });
    for (const name of ['one', 'two']) fs.writeFileSync(join(here.source, below, name), name.repeat(999));
    const [from, to] = [join(here.source, 'disk/sub'), join(here.dest, 'disk')];
    execFileSync('cp', ['-a', from, to]); // as a run that was killed leaves it
    await here.runTo(0, ['transfer', '--strategy', strategy, here.source, here.url(here.dest)]);
    await disk.cut();
    disk.restart();
    assert.deepEqual(differences(from, join(to, 'sub')), []);
  });

test('directories of a disk that is mounted below the place have what those of the source have', {
  skip: needs('sshd', 'rsync', 'root', 'loop', 'mkfs.ext4', 'setfacl', 'setfattr'),
}, async () => {
  await using here = await far();
  fs.mkdirSync(here.dest);
  using _ = new Disk(join(here.dest, 'disk'), 'ext4', { bytes: 20 * MiB });
  const give =
    'setfattr -n user.k -v v disk disk/a disk/a/b; setfacl -m u:7:rwx disk disk/a/b; setfacl -m d:u:8:rx disk/a/b';
  execFileSync('sh', [
    '-c',
    `cd "$0" && mkdir -p disk/a/b c && for n in $(seq 20); do echo $n | tee disk/a/b/$n disk/$n >c/$n; done
     ${give}; setfattr -n user.k -v v disk/a/b/7; find . -depth -exec touch -d @1000 {} +`,
    here.source,
  ]);
  const words = ['transfer', here.source, here.url(here.dest)];
  await here.runTo(0, words);
  assert.deepEqual(leftIn(here), []);
  execFileSync('sh', [
    '-c',
    'setfattr -n user.more -v v "$0"/disk/a; setfacl -m u:9:rwx "$0"/disk/a/b',
    here.source,
  ]);
  await here.runTo(0, words);
  assert.deepEqual(leftIn(here), []);
});

function leftIn({ source, dest }: { readonly source: string; readonly dest: string }): string[] {
  return differences(source, dest).filter((line) => !/(disk[.]image|lost[+]found.*)$/.test(line));
}
