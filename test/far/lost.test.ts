import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { assertStatus, type Ended } from '../survive/program.ts';
import { differences, far, over } from './ground.ts';
import { line as lineTo } from './line.ts';
import { ordinary } from './tree.ts';

// Hosts and lines that go away while a transfer is under way.

const skip = needs('sshd', 'rsync', 'root');
const MiB = 2 ** 20;

describe('a transfer survives', { skip, concurrency: 4 }, () => {
  for (const [what, isPush] of [
    ['to it', true],
    ['from it', false],
  ] as const) {
    test(`a host that is killed and comes back: what goes ${what} goes on`, async () => {
      await using here = await far();
      ordinary(here.source, { files: 300, largeMiB: 40 });
      const ends = isPush ? [here.source, here.url(here.dest)] : [here.url(here.source), here.dest];
      const running = here.start(['transfer', '--bwlimit', '20M', ...ends]);
      await running.next('progress', ({ bytes }) => Number(bytes) > MiB);
      await here.server.kill();
      await here.server.restart();
      assertStatus(0, await running.ended);
      assert.deepEqual(differences(here.source, here.dest), []);
    });
  }

  test('a host that is gone for good ends the run, to be resumed', async () => {
    await using here = await far();
    ordinary(here.source, { files: 300, largeMiB: 40 });
    const running = here.start([
      'transfer',
      '--retries',
      '1',
      '--bwlimit',
      '20M',
      here.source,
      here.url(here.dest),
    ]);
    await running.next('progress', ({ bytes }) => Number(bytes) > MiB);
    await here.server.kill();
    const ended = await running.ended;
    const run = assertResumable(ended, /nothing answers on that port.*see whether sshd runs there/);
    const again = await here.runTo(1, ['runs', 'resume', run]);
    assert.match(again.stderr, /nothing answers on that port; see whether sshd runs there/);
    await here.server.restart();
    await here.runTo(0, ['runs', 'resume', run]);
    assert.deepEqual(differences(here.source, here.dest), []);
  });

  test('a line that falls silent is noticed, and the run goes on over another', async () => {
    await using here = await far();
    await using line = await lineTo(here.server.port);
    ordinary(here.source, { files: 300, largeMiB: 40 });
    const dest = over(here, line, here.dest, ['ServerAliveInterval 1']);
    const running = here.start(['transfer', '--bwlimit', '20M', here.source, dest]);
    await running.next('progress', ({ bytes }) => Number(bytes) > MiB);
    line.silence();
    assertStatus(0, await running.ended);
    assert.deepEqual(differences(here.source, here.dest), []);
  });
});

/** Ended with 1, named the reason for what it was about, or of the last sync, and says how to go on; answers the run. */
function assertResumable(ended: Ended, why: RegExp): string {
  assertStatus(1, ended);
  const { outcome, resumeWith, run } = ended.summary!;
  assert.deepEqual({ outcome, resumeWith }, { outcome: 'stopped', resumeWith: `difpipe runs resume ${run}` });
  const said = ended.said.filter(({ type }) => type === 'failed' || type === 'warning');
  assert.match(said.map(({ message, hint }) => `${message}; ${hint}`).join('\n'), why);
  return run;
}
