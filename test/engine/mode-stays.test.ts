import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { far, ways } from '../far/ground.ts';
import { needs } from '../peer.ts';

const everyWay = {
  'on this machine': ({ source, dest }: { source: string; dest: string }) => [source, dest] as const,
  ...ways,
};
const big = 66 * 1024 * 1024;

for (const [way, ends] of Object.entries(everyWay))
  test(`a file that is replaced ${way} keeps the mode it has there with --no-preserve mode`, {
    skip: needs('sshd', 'root'),
  }, async () => {
    await using here = await far();
    fs.mkdirSync(here.dest);
    for (const name of ['small', 'big']) {
      fs.writeFileSync(join(here.source, name), 'of the source', { mode: 0o755 });
      fs.writeFileSync(join(here.dest, name), 'older', { mode: 0o640 });
    }
    fs.truncateSync(join(here.source, 'big'), big);
    await here.runTo(0, ['transfer', '--no-preserve', 'mode', ...ends(here)]);
    const found = ['small', 'big'].map((name) => fs.statSync(join(here.dest, name)));
    assert.deepEqual(
      found.map(({ mode, size }) => [(mode & 0o7777).toString(8), size]),
      [
        ['640', 13],
        ['640', big],
      ],
    );
  });
