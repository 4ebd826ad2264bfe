import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { far } from './ground.ts';

const skip = needs('sshd', 'rsync', 'root');

for (const strategy of ['auto', 'rsync'])
  test(`--no-preserve mode by ${strategy} leaves it to a umask, up to the root, on a host too`, {
    skip,
  }, async () => {
    await using here = await far();
    fs.mkdirSync(join(here.source, 'd'), { recursive: true });
    fs.writeFileSync(join(here.source, 'd/f'), 'for all');
    for (const [path, mode] of [['', 0o777] as const, ['d', 0o777] as const, ['d/f', 0o666] as const])
      fs.chmodSync(join(here.source, path), mode);
    fs.rmSync(here.dest, { recursive: true, force: true });
    const words = ['--strategy', strategy, '--no-preserve', 'mode'];
    await here.runTo(0, ['transfer', ...words, here.source, here.url(here.dest)]);
    const modes = ['', 'd', 'd/f'].map((path) => fs.statSync(join(here.dest, path)).mode & 0o777);
    const umask = process.umask();
    assert.deepEqual(
      modes,
      [0o777, 0o777, 0o666].map((mode) => mode & ~umask),
    );
  });
