import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { listRuns } from '../../src/journal/list.ts';
import { programWith } from '../built.ts';
import { needs } from '../peer.ts';
import { MiB } from '../trees.ts';
import { rangesKnown, rangesOfEach } from './disk.ts';
import { traced } from './fault.ts';
import { place } from './ground.ts';
import { assertSame, failures, run, runTo, start, strays } from './program.ts';
import { readAt, spread, writeAt } from './tree.ts';

// What a killed run leaves to the next, whichever that is.

const skip = needs('rsync');

function ground() {
  const here = place();
  const [source, dest, state] = ['source', 'dest', 'state'].map((name) => join(here.path, name)) as Three;
  fs.mkdirSync(source);
  return { ...here, source, dest, state, [Symbol.dispose]: () => here[Symbol.dispose]() };
}

type Three = [string, string, string];

describe('after kill -9', { concurrency: 3, skip }, () => {
  test('no range of a large file that is durable is read again', async () => {
    using here = ground();
    spread(join(here.source, 'large'), { ranges: 20, dataBytes: MiB });
    const running = start(here.state, ['transfer', '--bwlimit', '3M', here.source, here.dest]);
    await running.next('progress', () => rangesKnown(here.state).length > 2);
    running.child.kill('SIGKILL');
    await running.ended;
    const known = rangesKnown(here.state);
    const mark = 'written after the kill';
    const at = (range: number) => range * 64 * MiB;
    const [partial] = strays(here.dest);
    for (let range = 0; range < 20; range++) writeAt(partial!, at(range), mark);
    await runTo(0, here.state, ['runs', 'resume']);
    const kept = [...Array(20).keys()].filter(
      (range) => readAt(join(here.dest, 'large'), at(range), mark.length) === mark,
    );
    assert.deepEqual(kept, known);
    for (const range of kept)
      writeAt(join(here.dest, 'large'), at(range), `range ${range} `.repeat(10).slice(0, mark.length));
    await runTo(0, here.state, ['transfer', here.source, here.dest]);
    assertSame(here.source, here.dest);
  });

  for (const isOver of [false, true])
    test(`a large file goes on over what has ${isOver ? 'changed' : 'come'} at its name since`, async () => {
      using here = ground();
      const there = join(here.dest, 'large');
      fs.mkdirSync(here.dest);
      if (isOver) fs.writeFileSync(there, 'old');
      spread(join(here.source, 'large'), { ranges: 20, dataBytes: MiB });
      const running = start(here.state, ['transfer', '--bwlimit', '3M', here.source, here.dest]);
      await running.next('progress', () => rangesKnown(here.state).length > 2);
      running.child.kill('SIGKILL');
      await running.ended;
      fs.writeFileSync(there, 'in the way');
      const { summary } = await runTo(0, here.state, ['transfer', here.source, here.dest]);
      assert.equal(summary!.tally.updated, 1);
      assertSame(here.source, here.dest);
    });

  test('what was not kept, or was passed over, is said of the whole run', async () => {
    using here = ground();
    fs.writeFileSync(join(here.source, 'passed.over'), 'small');
    spread(join(here.source, 'large'), { ranges: 20, dataBytes: MiB });
    const words = ['transfer', '--bwlimit', '3M', '--exclude', '*.over', here.source, here.dest];
    const running = start(here.state, words);
    await running.next('progress', () => rangesKnown(here.state).length > 1);
    running.child.kill('SIGKILL');
    await running.ended;
    const { summary } = await runTo(0, here.state, ['runs', 'resume']);
    assert.deepEqual(summary!.notices, { excluded: 1 });
    assert.deepEqual(listRuns(here.state).runs[0]!.notices, { excluded: 1 });
  });

  test('what was begun of a file that changed since goes, however often that was', async () => {
    using here = ground();
    for (const begun of [1, 2]) {
      spread(join(here.source, 'large'), { ranges: 20, dataBytes: 100_000 + begun });
      const running = start(here.state, ['transfer', '--bwlimit', '200K', here.source, here.dest]);
      await running.next('progress', () => {
        const each = rangesOfEach(here.state);
        return each.length === begun && each.at(-1)!.length > 1;
      });
      running.child.kill('SIGKILL');
      await running.ended;
    }
    spread(join(here.source, 'large'), { ranges: 20, dataBytes: 100_000 });
    assert.equal(strays(here.dest).length, 2);
    await runTo(0, here.state, ['transfer', here.source, here.dest]);
    assertSame(here.source, here.dest);
  });

  test('a run of some of it in between, which went through, does not make the rest believed', {
    skip: needs('strace'),
  }, async () => {
    using here = await leftUnfinished();
    await runTo(0, here.state, ['transfer', '--exclude', '/sub', here.source, here.dest]);
    assert.equal(strays(here.dest).length, 1);
    await runTo(0, here.state, ['transfer', here.source, here.dest]);
    assertSame(here.source, here.dest);
  });

  test('and without what was remembered nothing stays behind', { skip: needs('strace') }, async () => {
    using here = await leftUnfinished();
    await runTo(0, join(here.path, 'another state'), ['transfer', here.source, here.dest]);
    assertSame(here.source, here.dest);
  });

  test('in another directory than it was, a run begins at the beginning', async () => {
    using here = ground();
    for (let i = 0; i < 400; i++) {
      fs.mkdirSync(join(here.source, `d${i}`));
      fs.writeFileSync(join(here.source, `d${i}`, 'file'), Buffer.alloc(5000, i));
    }
    const words = ['transfer', '--bwlimit', '500K', '--streams', '3', here.source, here.dest];
    const running = start(here.state, words);
    await running.next('progress', () => listRuns(here.state).runs[0]!.tally.copied > 0);
    running.child.kill('SIGKILL');
    await running.ended;
    fs.renameSync(here.dest, `${here.dest} on another disk`);
    fs.mkdirSync(here.dest);
    await runTo(0, here.state, ['runs', 'resume']);
    assertSame(here.source, here.dest);
  });

  test('a run can be resumed when another one came after it', { skip: needs('strace') }, async () => {
    using here = await leftUnfinished();
    const { id } = listRuns(here.state).runs[0]!;
    await runTo(0, here.state, ['transfer', '--exclude', '/sub', here.source, here.dest]);
    await runTo(0, here.state, ['runs', 'resume', id]);
    assertSame(here.source, here.dest);
    const { stderr, status } = await run(here.state, ['runs', 'resume', id]);
    assert.equal(status, 2, stderr);
  });

  test('half a list from standard input is not taken for all of it', async () => {
    using here = ground();
    const names = Array.from({ length: 300 }, (_, i) => `d${i}/f`);
    for (const name of names) fs.mkdirSync(join(here.source, name), { recursive: true });
    const words = ['transfer', '--files-from', '-', here.source, here.dest, '--state-dir', here.state];
    const child = spawn(...programWith(...words), { stdio: ['pipe', 'ignore', 'ignore'] });
    child.stdin.write(names.slice(0, 250).join('\n'));
    await untilThere(here.state);
    child.kill('SIGKILL');
    await once(child, 'close');
    const { status, stderr } = await run(here.state, ['runs', 'resume']);
    assert.equal(status, 2);
    assert.match(stderr, /its list came from standard input: start the transfer again/);
  });
});

/** A run is in the Journal. */
async function untilThere(state: string): Promise<void> {
  fs.mkdirSync(join(state, 'routes'), { recursive: true, mode: 0o700 });
  for await (const _ of fs.promises.watch(join(state, 'routes'))) if (listRuns(state).runs.length > 0) return;
}

/** A file under a name of ours lies in `sub` at the destination, where a killed run was about to name it. */
async function leftUnfinished() {
  const here = ground();
  for (const dir of [here.source, here.dest]) {
    fs.mkdirSync(join(dir, 'sub'), { recursive: true });
    for (let i = 0; i < 5; i++) fs.writeFileSync(join(dir, 'sub', `f${i}`), `${dir} ${i}`);
  }
  const strace = ['-e', 'trace=renameat', '-e', 'inject=renameat:signal=KILL'];
  await traced(here.path, strace, here.state, ['transfer', here.source, here.dest]);
  assert.equal(strays(here.dest).length, 1);
  return here;
}

test('--max-errors stops a run that fails too often, and it goes on from there', { skip }, async () => {
  using here = ground();
  for (let dir = 0; dir < 40; dir++) {
    fs.mkdirSync(join(here.source, `d${dir}`));
    fs.writeFileSync(join(here.source, `d${dir}`, 'file'), 'x');
    fs.mkdirSync(join(here.dest, `d${dir}`, 'file', 'in the way'), { recursive: true });
  }
  const words = ['transfer', '--streams', '1', here.source, here.dest];
  const all = await runTo(3, here.state, words);
  assert.deepEqual([failures(all).size, all.summary!.tally.failed], [40, 40]);
  const some = await runTo(1, here.state, [...words, '--max-errors', '5']);
  assert.equal(some.summary!.outcome, 'stopped');
  assert.ok(failures(some).size >= 5);
  for (let dir = 0; dir < 40; dir++) fs.rmSync(join(here.dest, `d${dir}`), { recursive: true });
  await runTo(0, here.state, words);
  assertSame(here.source, here.dest);
});

test('--max-errors counts anew when a run goes on, which so gets to its end', { skip }, async () => {
  using here = ground();
  const failing = [0, 1, 2, 3];
  for (let dir = 0; dir < 1000; dir++) {
    fs.mkdirSync(join(here.source, `d${dir}`));
    for (let file = 0; file < 6; file++) fs.writeFileSync(join(here.source, `d${dir}/f${file}`), 'x');
  }
  for (const dir of failing) fs.mkdirSync(join(here.dest, `d${dir}/f0/in the way`), { recursive: true });
  const words = ['transfer', '--streams', '1', '--max-errors', '4', here.source, here.dest];
  const { summary } = await runTo(1, here.state, words);
  assert.equal(summary!.outcome, 'stopped');
  const rest = await runTo(3, here.state, ['runs', 'resume']);
  assert.deepEqual([rest.summary!.tally.copied, rest.summary!.tally.failed], [5996, 4]);
});
