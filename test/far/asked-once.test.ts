import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { MiB } from '../trees.ts';
import { differences, far } from './ground.ts';

test('a host says that the place is the same directory still with what syncs it, and is asked no more', {
  skip: needs('sshd', 'rsync', 'root'),
}, async (t) => {
  const bin = fs.mkdtempSync(join(tmpdir(), 'programs-'));
  t.after(() => fs.rmSync(bin, { recursive: true }));
  const log = join(bin, 'log');
  const stat = `#!/bin/sh\necho "$*" >>${log}\nexec /usr/bin/stat "$@"\n`;
  fs.writeFileSync(join(bin, 'stat'), stat, { mode: 0o755 });
  await using here = await far({ options: [`SetEnv PATH=${bin}:/usr/bin:/bin`] });
  const asked = async () => {
    fs.writeFileSync(log, '');
    await here.runTo(0, ['transfer', here.source, here.url(here.dest)]);
    assert.deepEqual(differences(here.source, here.dest), []);
    const said = fs.readFileSync(log, 'utf8').split('\n');
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
