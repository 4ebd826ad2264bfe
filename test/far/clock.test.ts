import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { touches } from '../judge.ts';
import { needs } from '../peer.ts';
import { assertSame } from '../survive/program.ts';
import { type Far, far } from './ground.ts';
import { ordinary } from './tree.ts';

// A host whose clock is a day off, as every program there sees it.

const skip = needs('sshd', 'rsync', 'root', 'faketime');
/** A program that was killed leaves what faketime knows it by to the next one of its number. */
const forget = 'rm -f /dev/shm/sem.faketime_sem_$$ /dev/shm/faketime_shm_$$';
const off = (days: string) =>
  `ForceCommand ${forget}; exec env NO_FAKE_STAT=1 FAKE_UTIME=0 FAKETIME_DONT_FAKE_MONOTONIC=1 faketime -f ${days} sh -c "$SSH_ORIGINAL_COMMAND"`;

type Ends = (here: Far) => readonly [source: string, dest: string];
const push: Ends = ({ source, dest, url }) => [source, url(dest)];
const pull: Ends = ({ source, dest, url }) => [url(source), dest];

describe('a host whose clock is a day', { skip, concurrency: 2 }, () => {
  for (const [what, days, endsOf] of [
    ['behind gets', '-1d', push],
    ['ahead gives', '+1d', pull],
  ] as const)
    test(`${what} what changed, and nothing else`, async () => {
      await using here = await far({ options: [off(days)] });
      assert.ok(Math.abs(secondsThere(here) - Date.now() / 1000) > 80_000);
      ordinary(here.source, { files: 60, largeMiB: 2 });
      for (const strategy of ['auto', 'rsync']) {
        const words = ['transfer', '--strategy', strategy, ...endsOf(here)];
        await here.runTo(0, words);
        assertSame(here.source, here.dest);
        const then = await touches(here.dest);
        await here.runTo(0, words);
        assert.deepEqual(await touches(here.dest), then, strategy);
        fs.writeFileSync(join(here.source, 'd1/f1'), `for ${strategy}`);
        assert.equal((await here.runTo(0, words)).summary!.tally.copied, 1, strategy);
        assertSame(here.source, here.dest);
      }
    });
});

/** What its clock shows. */
function secondsThere({ server: { home, port } }: Far): number {
  const known = ['-o', `UserKnownHostsFile=${home}/.ssh/known_hosts`, '-i', `${home}/.ssh/id_ed25519`];
  const words = ['-F', '/dev/null', ...known, '-p', String(port), 'root@127.0.0.1', 'date +%s'];
  return Number(execFileSync('ssh', words, { encoding: 'utf8' }));
}
