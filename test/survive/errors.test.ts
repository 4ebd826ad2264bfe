import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { MiB, solid } from '../trees.ts';
import { type Call, traced, wasInjected } from './fault.ts';
import { place } from './ground.ts';
import { assertSame, assertStatus, failures, runTo } from './program.ts';

// One system call fails: of the source, of the destination, of the Journal. Barriers are in sync.test.ts.

const skip = needs('strace', 'rsync', 'root');
const files = 20;

type Ground = Disposable & {
  readonly path: string;
  readonly source: string;
  readonly dest: string;
  readonly state: string;
  readonly words: readonly string[];
};

function ground(): Ground {
  const here = place();
  const [source, dest, state] = ['source', 'dest', 'state'].map((name) => join(here.path, name)) as [
    string,
    string,
    string,
  ];
  for (const dir of [join(source, 'd'), join(dest, 'd')]) fs.mkdirSync(dir, { recursive: true });
  for (let i = 0; i < files; i++) fs.writeFileSync(join(source, 'd', `f${i}`), `${i} `.repeat(2000));
  for (let i = 0; i < files; i += 2) fs.writeFileSync(join(dest, 'd', `f${i}`), `${i} before`);
  fs.mkdirSync(join(source, 'new'));
  solid(join(source, 'large'), 66 * MiB);
  const words = ['transfer', '--streams', '1', source, dest];
  return { ...here, source, dest, state, words, [Symbol.dispose]: () => here[Symbol.dispose]() };
}

/** Runs with a fault at the first of such calls, in the same order as in a run before, that it can be had at. */
async function withFault(name: string, error: string, isWanted: (call: Call, ground: Ground) => boolean) {
  using counting = ground();
  const seen = await traced(counting.path, ['-e', `trace=${name}`], counting.state, counting.words);
  const candidates = seen.calls.filter((call) => isWanted(call, counting));
  const all = candidates.map(({ number }) => number);
  const once = new Set([...all.slice(0, 1), ...all.slice(-1), ...all, 1, 2, 3, 4, 5]);
  // Which thread makes the call, and after which others, is not the same each time.
  for (const number of [...once, ...once]) {
    const here = ground();
    const strace = ['-e', `trace=${name}`, '-e', `inject=${name}:error=${error}:when=${number}`];
    const { ended, calls } = await traced(here.path, strace, here.state, here.words);
    const hit = calls.filter((call) => call.name === name && wasInjected(call));
    if (hit.length === 1 && isWanted(hit[0]!, here)) return { here, ended };
    here[Symbol.dispose]();
  }
  return assert.fail(`no ${name} failed`);
}

describe('a system call that fails', { concurrency: 3, skip }, () => {
  for (const [name, what] of [
    ['f3', 'a small file'],
    ['large', 'a range of a large one'],
  ] as const) {
    test(`reading ${what}: it is named, and the rest arrives`, async () => {
      using here = ground();
      const file = fs.existsSync(join(here.source, name)) ? name : join('d', name);
      const calls = 'read,pread64,copy_file_range';
      const strace = [
        '-P',
        join(here.source, file),
        '-e',
        `trace=${calls}`,
        '-e',
        `inject=${calls}:error=EIO`,
      ];
      const { ended, calls: seen } = await traced(here.path, strace, here.state, here.words);
      assert.ok(seen.some(wasInjected));
      assertStatus(3, ended);
      assert.deepEqual([...failures(ended)], [[file, 'io: cannot read it: i/o error']]);
      assert.equal(ended.summary!.tally.failed, 1);
      await runTo(0, here.state, ['runs', 'retry', ended.summary!.run]);
      assertSame(here.source, here.dest);
    });
  }

  for (const call of ['write', 'linkat', 'renameat'] as const) {
    test(`${call} at the destination: the entry is named, and the rest arrives`, async () => {
      const { here, ended } = await withFault(call, 'EIO', ({ line }, { dest }) =>
        line.includes(`<${dest}/d`),
      );
      using _ = here;
      assertStatus(3, ended);
      const [[path, why]] = [...failures(ended)] as [[string, string]];
      assert.match(path, /^d\/f\d+$/);
      assert.match(why, /^io: cannot write it at the destination: i\/o error$/);
      await runTo(0, here.state, here.words);
      assertSame(here.source, here.dest);
    });
  }

  for (const [call, where] of [
    ['write', 'd/'],
    ['mkdirat', ''],
    ['ftruncate', '.difpipe-'],
  ] as const) {
    test(`${call} for want of room: the run stops, and is resumed`, async () => {
      const { here, ended } = await withFault(call, 'ENOSPC', ({ line }, { dest }) =>
        line.includes(`<${join(dest, where)}`),
      );
      using _ = here;
      assertStatus(1, ended);
      assert.match(
        [...failures(ended).values()].join(),
        /^full: cannot write it at the destination: no space left/,
      );
      await runTo(0, here.state, ['runs', 'resume']);
      assertSame(here.source, here.dest);
    });
  }

  for (const [call, error, why] of [
    ['pwrite64', 'ENOSPC', 'full'],
    ['pwrite64', 'EIO', '.*'],
    ['fsync', 'EIO', '.*'],
  ] as const) {
    test(`${call} of the Journal with ${error}: it is said where, and the next run is right`, async () => {
      const { here, ended } = await withFault(
        call,
        error,
        ({ line }, { state }) => line.includes(`<${state}/routes/`) && line.includes('.db-wal'),
      );
      using _ = here;
      assertStatus(1, ended);
      assert.ok(ended.stderr.includes(join(here.state, 'routes')), ended.stderr);
      const { kind } = ended.said.find(({ type }) => type === 'error')!;
      assert.match(String(kind), new RegExp(why));
      await runTo(0, here.state, here.words);
      assertSame(here.source, here.dest);
    });
  }
});
