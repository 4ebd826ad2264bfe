/** What killed runs of other engines left at the destination is gone after a run by rsync that goes through. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { listRuns } from '../../src/journal/list.ts';
import { needs } from '../peer.ts';
import { differences, far, rsyncWays } from './ground.ts';
import { ordinary } from './tree.ts';

const skip = needs('sshd', 'rsync', 'root');

for (const [name, endsOf] of Object.entries(rsyncWays))
  test(`rsync sweeps what a run of another engine left, that was killed ${name}`, { skip }, async () => {
    await using here = await far();
    const deep = 'a/b/c/d1';
    for (const dir of ['empty', deep]) fs.mkdirSync(join(here.source, dir), { recursive: true });
    ordinary(join(here.source, deep), { files: 300 });
    ordinary(here.source, { files: 20, largeMiB: 20 });
    for (const dir of ['empty', deep, 'a', '.']) fs.utimesSync(join(here.source, dir), 1e9, 1e9);
    const running = here.start(['transfer', '--bwlimit', '2M', ...endsOf(here)]);
    await running.next('progress', ({ bytes }) => Number(bytes) > 2 ** 20);
    running.child.kill('SIGKILL');
    await running.ended;
    const tag = `.difpipe-${listRuns(here.state).runs[0]!.key.slice(0, 12)}-`;
    for (const dir of ['empty', deep]) leave(join(here.dest, dir), tag);
    await here.runTo(0, ['transfer', '--strategy', 'rsync', ...endsOf(here)]);
    assert.deepEqual(differences(here.source, here.dest), []);
  });

/** As a batch or a new directory that was cut off. */
function leave(dir: string, tag: string): void {
  fs.mkdirSync(join(dir, `${tag}0a0a0a0a0a0a-1-1.part/deep`), { recursive: true });
  fs.writeFileSync(join(dir, `${tag}0a0a0a0a0a0a-1-1.part/deep/file`), 'left');
  fs.writeFileSync(join(dir, `${tag}0a0a0a0a0a0a-1-2.part`), 'left');
}
