import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { ordinary } from '../far/tree.ts';
import { needs } from '../peer.ts';
import { mounted } from '../survive/ground.ts';
import { assertStatus, failures, strays } from '../survive/program.ts';
import { beforeEach } from './between.ts';
import { begun, ground, serving } from './ground.ts';
import { programs } from './remotes.ts';

const current = programs['a current rclone'];

describe('batches that rclone copies', { skip: needs('current-rclone', 'root') }, () => {
  test('an rclone that is killed is said, and its files go again', async () => {
    await using here = ground(current);
    ordinary(here.source, { files: 1100 });
    const transfer = here.start(['transfer', here.source, 'disk:']);
    process.kill(await begun(here, here.disk), 'SIGKILL');
    const ended = await transfer.ended;
    assertStatus(0, ended);
    assert.match(JSON.stringify(ended.said), /rclone was ended while it copied/);
    assert.equal(here.check(here.source, here.disk), '');
  });

  for (const way of ['there', 'back'] as const)
    test(`killed with -9 on the way ${way} it leaves no child, resumes and leaves nothing of its own`, async () => {
      await using here = ground(current);
      ordinary(way === 'there' ? here.source : here.disk, { files: 1100 });
      const ends = way === 'there' ? [here.source, 'disk:'] : ['disk:', here.back];
      const transfer = here.start(['transfer', ...ends]);
      await begun(here, way === 'there' ? here.disk : here.back);
      transfer.child.kill('SIGKILL');
      await transfer.ended;
      for (let tries = 0; serving(here).length > 0 && tries < 400; tries++) await wait(10);
      assert.deepEqual(serving(here), []);
      await here.runTo(0, ['transfer', ...ends]);
      const dest = way === 'there' ? here.disk : here.back;
      assert.equal(here.check(way === 'there' ? here.source : here.disk, dest), '');
      assert.deepEqual(strays(dest), []);
    });

  test('one file that cannot be read is named, the others go, and the exit code is 3', async () => {
    await using here = ground(current);
    ordinary(here.disk, { files: 100 });
    fs.symlinkSync('nowhere', join(here.source, 'bad'));
    ordinary(here.source, { files: 100 });
    const ended = await here.runTo(3, ['transfer', here.source, 'disk:new']);
    assert.deepEqual([...failures(ended).keys()], ['bad']);
    assert.equal(ended.summary!.tally.copied, 100);
  });

  test('a disk that is full is said, what is there by then is whole, and the rest goes when there is room', async () => {
    await using here = ground(current);
    ordinary(here.source, { files: 1000 });
    using small = mounted(here.disk, '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs');
    const ended = await here.run(['transfer', here.source, 'disk:']);
    assert.match([...failures(ended).values()].join('\n'), /^full: /m);
    for (const name of fs.readdirSync(join(small.path, 'd0')))
      assert.equal(
        fs.statSync(join(small.path, 'd0', name)).size,
        fs.statSync(join(here.source, 'd0', name)).size,
      );
    execFileSync('mount', ['-o', 'remount,size=30m', small.path]);
    await here.runTo(0, ['runs', 'resume']);
    assert.equal(here.check(here.source, here.disk), '');
  });

  for (const kept of [[], ['--no-preserve', 'mode,owner']])
    test(`go by the one rclone that serves the place, as jobs ${kept.join(' ')}`, async () => {
      await using here = ground(current);
      ordinary(here.source, { files: 1100 });
      const asked: string[] = [];
      await using _ = await beforeEach(here, (call) => asked.push(call));
      await here.runTo(0, ['transfer', ...kept, here.source, 'secret:']);
      const jobs = asked.filter((call) => call === '/sync/copy');
      assert.ok(jobs.length >= 2 && jobs.length < 10, `${jobs.length} jobs`);
      assert.ok(!asked.includes('/operations/copyfile'));
      assert.equal(here.check(here.source, 'secret:'), '');
    });

  test('no place, and no name of an entry, is in an argument', async () => {
    await using here = ground(current);
    ordinary(here.source, { files: 1100 });
    const transfer = here.start(['transfer', here.source, 'disk:below']);
    const pid = await begun(here, here.disk);
    const words = fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').slice(1, -1);
    assertStatus(0, await transfer.ended);
    assert.ok(words.length > 5);
    assert.ok(
      !words.some((word) => word.includes(here.path) || word.includes('below') || word.includes('d0/')),
    );
  });

  test('between two remotes, and replaces what changed', async () => {
    await using here = ground(current);
    ordinary(here.source, { files: 200 });
    await here.runTo(0, ['transfer', here.source, 'disk:']);
    await here.runTo(0, ['transfer', 'disk:', 'secret:copy']);
    fs.writeFileSync(join(here.disk, 'd1/f1'), 'is new');
    const { summary } = await here.runTo(0, ['transfer', 'disk:', 'secret:copy']);
    assert.deepEqual([summary!.tally.copied, summary!.tally.skipped], [1, 199]);
    assert.equal(here.check(here.disk, 'secret:copy'), '');
  });
});
