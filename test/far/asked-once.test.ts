import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { logged } from '../ssh/logged.ts';
import { MiB } from '../trees.ts';
import { differences, far } from './ground.ts';

test('a host says that the place is the same directory still with what syncs it, and is asked no more', {
  skip: needs('sshd', 'rsync', 'root'),
}, async () => {
  using stat = logged('stat');
  await using here = await far({ options: [stat.option] });
  const asked = async () => {
    stat.said();
    await here.runTo(0, ['transfer', here.source, here.url(here.dest)]);
    assert.deepEqual(differences(here.source, here.dest), []);
    const said = stat.said();
    const [synced, alone] = [/%d:%i \. \.\.$/, /%d:%i \. \.\.\//].map(
      (words) => said.filter((line) => words.test(line)).length,
    );
    return [synced! > 0, alone];
  };
  fs.mkdirSync(here.dest);
  fs.writeFileSync(join(here.source, 'small'), 'small');
  assert.deepEqual(await asked(), [true, 1], 'with a batch');
  fs.writeFileSync(join(here.source, 'large'), Buffer.alloc(9 * MiB, 'x'));
  assert.deepEqual(await asked(), [true, 1], 'with a sync');
  assert.deepEqual(await asked(), [false, 1], 'nothing was written');
});
