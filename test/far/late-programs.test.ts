/** A host may take half a second for each program that is started there, in its login files: few are. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { differences, far, rsyncWays } from './ground.ts';

const skip = needs('sshd', 'rsync', 'root');
const levels = 60;
/** One for each level would be more by far. */
const mostStarted = 20;

for (const name of ['to a host', 'from a host'])
  test(`rsync ${name} starts no program there for each level of a deep tree`, { skip }, async () => {
    await using here = await far({
      options: ['ForceCommand echo >> "$HOME/started"; exec sh -c "$SSH_ORIGINAL_COMMAND"'],
    });
    deepen(here.source);
    const log = join(here.server.home, 'started');
    for (const run of ['first', 'second']) {
      fs.writeFileSync(log, '');
      await here.runTo(0, ['transfer', '--strategy', 'rsync', ...rsyncWays[name]!(here)]);
      const started = fs.statSync(log).size;
      assert.ok(started > 0 && started <= mostStarted, `${started} in the ${run} run`);
      assert.deepEqual(differences(here.source, here.dest), []);
    }
  });

function deepen(root: string): void {
  for (let level = 0, dir = root; level < levels; level++) {
    fs.writeFileSync(join(dir, 'file'), `${level}`);
    dir = join(dir, 'd');
    fs.mkdirSync(dir);
  }
}
