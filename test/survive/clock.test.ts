import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { touches } from '../judge.ts';
import { needs } from '../peer.ts';
import { MiB } from '../trees.ts';
import { place } from './ground.ts';
import { assertSame, assertStatus, type How, runTo, start } from './program.ts';

// Clocks that are a day off, and one that jumps. Only the clock of the program is another one, as with a real jump:
// neither the monotonic clock nor the times of files.

const only = { FAKETIME_DONT_FAKE_MONOTONIC: '1', NO_FAKE_STAT: '1', FAKE_UTIME: '0' };
const skip = needs('faketime', 'rsync', 'root');
const library = skip
  ? ''
  : execFileSync('faketime', ['-m', '-f', '+0', 'printenv', 'LD_PRELOAD'], { encoding: 'utf8' });

function fake(clock: NodeJS.ProcessEnv): How {
  return { env: { ...only, LD_PRELOAD: library.trim(), ...clock } };
}

const at = (offset: string) => fake({ FAKETIME: offset });
const off: Readonly<Record<string, How>> = { yesterday: at('-1d'), tomorrow: at('+1d') };

describe('a clock that is off', { concurrency: 3, skip }, () => {
  for (const [first, clock] of Object.entries({ now: {}, ...off })) {
    test(`no run after one of ${first} copies what has not changed`, async () => {
      using here = ground();
      await here.run(clock);
      const then = await touches(here.dest);
      for (const flags of [[], ['--trust-journal']]) {
        for (const other of Object.values(off)) {
          const { summary } = await here.run(other, ...flags);
          const { copied, repaired, made, linked } = summary!.tally;
          assert.deepEqual(
            { copied, repaired, made, linked },
            { copied: 0, repaired: 0, made: 0, linked: 0 },
          );
        }
      }
      assert.deepEqual(await touches(here.dest), then);
    });

    test(`what changed since one of ${first} is copied, whatever the clock says`, async () => {
      using here = ground();
      await here.run(clock);
      for (const [name, other] of Object.entries(off)) {
        fs.writeFileSync(join(here.source, 'd/f1'), `changed ${name}`);
        fs.writeFileSync(join(here.dest, 'd/f2'), `overwritten ${name}`);
        fs.rmSync(join(here.dest, 'd/f3'));
        assert.equal((await here.run(other)).summary!.tally.copied, 3);
        assertSame(here.source, here.dest);
      }
    });
  }

  for (const [what, offset] of Object.entries({ back: '-1d', forth: '+1d' })) {
    test(`a run whose clock jumps ${what} goes on, and says how far it is`, async () => {
      using here = ground();
      fs.writeFileSync(join(here.source, 'big'), Buffer.alloc(20 * MiB, 'x'));
      const clock = join(here.path, 'clock');
      fs.writeFileSync(clock, '+0');
      const jumping = fake({ FAKETIME_TIMESTAMP_FILE: clock, FAKETIME_NO_CACHE: '1' });
      const running = start(here.state, ['transfer', '--bwlimit', '4M', here.source, here.dest], jumping);
      const before = await running.next('progress', ({ bytes }) => Number(bytes) > MiB);
      fs.writeFileSync(clock, offset);
      const after = await running.next('progress');
      const passedMs = Number(after.elapsedMs) - Number(before.elapsedMs);
      assert.ok(passedMs > 0 && passedMs < 60_000, String(passedMs));
      const ended = await running.ended;
      assertStatus(0, ended);
      assert.ok(ended.summary!.elapsedMs < 60_000);
      assertSame(here.source, here.dest);
    });
  }

  test('a run that was killed under one clock is resumed under another', async () => {
    using here = ground();
    fs.writeFileSync(join(here.source, 'big'), Buffer.alloc(9 * MiB, 'x'));
    const words = ['transfer', '--bwlimit', '4M', here.source, here.dest];
    const running = start(here.state, words, at('+1d'));
    await running.next('progress', ({ bytes }) => Number(bytes) > MiB);
    running.child.kill('SIGKILL');
    await running.ended;
    await runTo(0, here.state, ['runs', 'resume'], at('-1d'));
    assertSame(here.source, here.dest);
  });
});

test('--checksum compares attributes also where they changed before the last run began, by its clock', {
  skip: skip || needs('xattrs'),
}, async () => {
  using here = ground('disk');
  const attribute = (...words: string[]) => execFileSync('setfattr', words);
  attribute('-n', 'user.a', '-v', '1', join(here.source, 'd/f1'));
  await here.run(at('+1d'));
  attribute('-x', 'user.a', join(here.dest, 'd/f1'));
  await here.run({}, '--checksum');
  assertSame(here.source, here.dest);
});

function ground(where?: 'disk') {
  const here = place(where);
  const [source, dest, state] = [join(here.path, 'from'), join(here.path, 'to'), join(here.path, 'state')];
  fs.mkdirSync(join(source, 'd'), { recursive: true });
  for (let i = 0; i < 20; i++) fs.writeFileSync(join(source, `d/f${i}`), `f${i}`);
  fs.linkSync(join(source, 'd/f4'), join(source, 'linked'));
  fs.symlinkSync('d', join(source, 'link'));
  const run = (how: How, ...flags: string[]) => runTo(0, state, ['transfer', ...flags, source, dest], how);
  return { path: here.path, source, dest, state, run, [Symbol.dispose]: () => here[Symbol.dispose]() };
}
