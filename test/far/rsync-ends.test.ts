/** No rsync outlives the run that started it, here or at the far end: what it was writing does not get its name. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { needs } from '../peer.ts';
import { assertQuiet, differences, far, rsyncWays } from './ground.ts';
import { ordinary } from './tree.ts';

const skip = needs('sshd', 'rsync', 'root');
const words = ['transfer', '--strategy', 'rsync'] as const;

for (const [name, endsOf] of Object.entries(rsyncWays))
  test(`kill -9 of a transfer by rsync ${name} ends every rsync, and no file gets its name later`, {
    skip,
  }, async () => {
    await using here = await far();
    ordinary(here.source, { files: 20, largeMiB: 66 });
    const running = here.start([...words, '--bwlimit', '3M', ...endsOf(here)]);
    await running.next('progress', ({ bytes }) => Number(bytes) > 3 * 2 ** 20);
    assert.notDeepEqual(workingIn(here.path), []);
    running.child.kill('SIGKILL');
    await running.ended;
    for (let look = 0; look < 100 && workingIn(here.path).length > 0; look++) await wait(50);
    assert.deepEqual(workingIn(here.path), []);
    assert.ok(!fs.existsSync(join(here.dest, 'large')));
    await here.runTo(0, [...words, ...endsOf(here)]);
    assert.deepEqual(differences(here.source, here.dest), []);
    await assertQuiet(here);
  });

/** Processes that have their working directory there. */
function workingIn(path: string): string[] {
  return fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name) && cwdOf(name).startsWith(path));
}

function cwdOf(pid: string): string {
  try {
    return fs.readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return ''; // it is gone, or nobody has waited for it
  }
}
