import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { listRuns } from '../../src/journal/list.ts';
import { shell } from '../engine/run.ts';
import { needs } from '../peer.ts';
import { warnings } from '../survive/program.ts';
import { differences, far } from './ground.ts';

test('a first run that finds nothing as it should be does not say that attributes of that were not compared', {
  skip: needs('sshd'),
}, async () => {
  await using here = await far();
  await shell(here.source, 'mkdir d ../to ../one; echo f >d/f; echo new >new; echo other >../to/old');
  for (const [source, dest] of [
    [here.source, here.dest],
    [join(here.source, 'new'), join(here.path, 'one')],
  ] as const)
    assert.deepEqual(warnings(await here.runTo(0, ['transfer', source, `${here.url(dest)}/`])), []);
});

test('a first run takes away what runs left that nobody remembers, in what it lists ahead too', {
  skip: needs('sshd', 'rsync', 'root'),
}, async () => {
  await using here = await far();
  await shell(here.source, 'mkdir -p a/b; for f in a a/b .; do seq 300 | split -l 1 - $f/file; done');
  const transfer = ['transfer', here.source, here.url(here.dest)];
  await here.runTo(0, transfer);
  const own = `.difpipe-${listRuns(here.state).runs[0]!.key.slice(0, 12)}-0a0a0a0a0a0a-1-1`;
  fs.rmSync(here.state, { recursive: true });
  await shell(here.dest, `for d in a a/b .; do echo half >$d/${own}.part; done`);
  await shell(
    here.dest,
    `mkdir a/${own}.part.delta; echo half >a/${own}.part.delta/f; find . -type d | xargs touch -r ../from`,
  );
  const { summary } = await here.runTo(0, transfer);
  assert.deepEqual([differences(here.source, here.dest), summary!.tally.copied], [[], 0]);
});
