import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { far, rsyncWays } from '../far/ground.ts';
import { needs } from '../peer.ts';
import { makeImage, mounted } from '../survive/ground.ts';
import { assertSame, failures } from '../survive/program.ts';
import { MiB } from '../trees.ts';

for (const [name, way] of Object.entries(rsyncWays)) {
  test(`where no room can be made ${name}, all that did not go is named, and tried again`, {
    skip: needs('sshd', 'rsync', 'root', 'loop', 'mkfs.ext4', 'chattr'),
  }, async () => {
    await using here = await far();
    makeImage(join(here.path, 'image'), 'ext4', 16 * MiB);
    using disk = mounted(join(here.path, 'at'), '-o', 'loop', join(here.path, 'image'));
    const dest = join(disk.path, 'to');
    fs.mkdirSync(dest);
    fs.mkdirSync(join(here.source, 'dir'));
    for (const file of ['a', 'b', 'dir/c']) fs.writeFileSync(join(here.source, file), file);
    execFileSync('chattr', ['+i', dest]);
    const ended = await here.runTo(3, ['transfer', '--strategy', 'rsync', ...way({ ...here, dest })]);
    execFileSync('chattr', ['-i', dest]);
    assert.deepEqual([...failures(ended).keys()].sort(), ['a', 'b', 'dir', 'dir/c']);
    await here.runTo(0, ['runs', 'retry', ended.summary!.run]);
    assertSame(here.source, dest);
  });

  test(`a destination that is mounted read-only ends the run by rsync ${name}, which goes on when it is not`, {
    skip: needs('sshd', 'rsync', 'root'),
  }, async () => {
    await using here = await far();
    for (const file of ['a', 'b']) fs.writeFileSync(join(here.source, file), file);
    using disk = mounted(here.dest, '-t', 'tmpfs', '-o', 'ro', 'tmpfs');
    const ended = await here.runTo(1, ['transfer', '--strategy', 'rsync', ...way(here)]);
    for (const why of failures(ended).values()) assert.match(why, /^readonly: /);
    execFileSync('mount', ['-o', 'remount,rw', disk.path]);
    await here.runTo(0, ['runs', 'resume', ended.summary!.run]);
    assertSame(here.source, here.dest);
  });
}
