import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { shell } from '../engine/run.ts';
import { needs } from '../peer.ts';
import { warnings } from './attributed.ts';
import { far } from './ground.ts';

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
