import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { MiB } from '../trees.ts';
import { place } from './ground.ts';
import { assertSame, assertStatus, type Running, runTo, type Said, start, stop, strays } from './program.ts';
import { readAt, writeAt } from './tree.ts';

// What a signal in the middle of large files costs. What is said then is in test/cli/signals.test.ts.

const rangeBytes = 64 * MiB;
const mark = 'written after the run was stopped';
const skip = needs('rsync', 'root');

describe('a run that is stopped in the middle of large files', { concurrency: 3, skip }, () => {
  test('by SIGTERM ends within 10 s, and does not copy again what is durable', async () => {
    using here = ground(4);
    const running = here.slowly('--streams', '1');
    await running.next('progress', ({ bytes }) => Number(bytes) > 2.2 * rangeBytes);
    await stop(running);
    const [unfinished] = strays(here.dest);
    for (let range = 0; range < 4; range++) writeAt(unfinished!, range * rangeBytes, mark);
    const { summary } = await runTo(0, here.state, ['runs', 'resume']);
    assert.deepEqual([summary!.tally.copied, strays(here.dest)], [1, []]);
    const kept = [0, 1, 2, 3].map(
      (range) => readAt(join(here.dest, 'large'), range * rangeBytes, mark.length) === mark,
    );
    assert.deepEqual(kept.slice(0, 2), [true, true]);
    assert.deepEqual(kept.slice(kept.indexOf(false)).includes(true), false);
    await runTo(0, here.state, ['transfer', '--checksum', here.source, here.dest]);
    assertSame(here.source, here.dest);
  });

  for (const lanes of ['1', '3', 'auto']) {
    test(`again and again, with --streams ${lanes}, arrives in the end`, async () => {
      using here = ground(3);
      for (let i = 0; i < 500; i++) fs.writeFileSync(join(here.source, `small ${i}`), `${i}`);
      for (let round = 0; round < 3; round++) {
        const running = round === 0 ? here.slowly('--streams', lanes) : start(here.state, ['runs', 'resume']);
        await running.next('progress');
        await stop(running, round % 2 === 0 ? 'SIGTERM' : 'SIGINT');
        assert.equal(fs.existsSync(join(here.dest, 'large')), false);
      }
      await runTo(0, here.state, ['runs', 'resume']);
      assertSame(here.source, here.dest);
    });
  }

  test('at once, because it was told twice, arrives in the end', async () => {
    using here = ground(2);
    const running = here.slowly();
    await running.next('progress', ({ bytes }) => Number(bytes) > MiB);
    running.child.kill('SIGTERM');
    running.child.kill('SIGTERM');
    assertStatus(143, await running.ended);
    await runTo(0, here.state, ['runs', 'resume']);
    assertSame(here.source, here.dest);
  });

  test('while lanes come and go leaves none behind', async () => {
    using here = ground(3);
    const running = here.slowly('--streams', '2');
    await running.next('progress');
    for (const [signal, lanes] of [
      ['SIGUSR1', 3],
      ['SIGUSR1', 4],
      ['SIGUSR2', 3],
      ['SIGUSR2', 2],
    ] as const) {
      running.child.kill(signal);
      while ((await statusOf(running)).lanes !== lanes);
    }
    await stop(running);
    await runTo(0, here.state, ['runs', 'resume']);
    assertSame(here.source, here.dest);
  });
});

/** Asked for, because progress is said but once a second. */
function statusOf(running: Running): Promise<Said> {
  running.child.kill('SIGQUIT');
  return running.next('status');
}

/** A source of a file of zeros, so many ranges long, each of which takes a second. */
function ground(ranges: number) {
  const here = place();
  const [source, dest, state] = [join(here.path, 'from'), join(here.path, 'to'), join(here.path, 'state')];
  fs.mkdirSync(source);
  fs.writeFileSync(join(source, 'large'), '');
  fs.truncateSync(join(source, 'large'), ranges * rangeBytes);
  const slowly = (...flags: string[]) =>
    start(state, ['transfer', '--bwlimit', '64M', '--no-preserve', 'sparse', ...flags, source, dest]);
  return { source, dest, state, slowly, [Symbol.dispose]: () => here[Symbol.dispose]() };
}
