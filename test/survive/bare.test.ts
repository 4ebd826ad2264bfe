import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { traced } from './fault.ts';
import { place } from './ground.ts';
import { assertSame, assertStatus } from './program.ts';

// A file that had no attribute when it was looked at, and did not change since, is not asked for any: only the copy is.

const skip = needs('strace', 'faketime', 'rsync', 'root', 'xattrs', 'listxattrat');
const files = 5;
const listxattrat = ['listxattrat', 'syscall_0x1d1'];
const tomorrow = '+1d'; // no change of now is so late that another one might not show
const yesterday = '-1d';

describe('a copy that nobody knows', { skip, concurrency: 2 }, () => {
  test('has only itself asked for attributes where the source is known to have none', async () => {
    using here = ground();
    const first = await here.asked(tomorrow);
    assert.equal(first.calls, 2 * files);
    here.copyAnew();
    assert.equal((await here.asked(tomorrow)).calls, files);
    here.copyAnew();
    assert.equal((await here.asked(tomorrow)).calls, files, 'what is known is handed on');
  });

  test('is like its source, whichever of both got attributes or lost them', async () => {
    using here = ground();
    give(here.source, 'f0');
    await here.asked(tomorrow);
    here.copyAnew();
    execFileSync('setfattr', ['-x', 'user.new', join(here.source, 'f0')]);
    give(here.source, 'f1');
    give(here.dest, 'f2');
    assert.equal((await here.asked(tomorrow)).repaired, 3);
    assertSame(here.source, here.dest);
  });

  test('has both asked with --checksum', async () => {
    using here = ground();
    await here.asked(tomorrow);
    here.copyAnew();
    assert.equal((await here.asked(tomorrow, '--checksum')).calls, 2 * files);
  });

  test('has both asked where the source had only just changed', async () => {
    using here = ground();
    await here.asked(yesterday);
    here.copyAnew();
    assert.equal((await here.asked(yesterday)).calls, 2 * files);
  });
});

function give(dir: string, name: string): void {
  execFileSync('setfattr', ['-n', 'user.new', '-v', name, join(dir, name)]);
}

function ground() {
  const here = place('disk');
  const [source, dest, state] = ['source', 'dest', 'state'].map((name) => join(here.path, name)) as [
    string,
    string,
    string,
  ];
  fs.mkdirSync(source);
  for (let at = 0; at < files; at++) fs.writeFileSync(join(source, `f${at}`), `${at}`);
  const copyAnew = () => {
    fs.rmSync(`${dest}.old`, { recursive: true, force: true });
    if (fs.existsSync(dest)) fs.renameSync(dest, `${dest}.old`); // so that it is another directory
    execFileSync('cp', ['-a', source, dest]);
  };
  copyAnew();
  const asked = async (clock: string, ...flags: string[]) => {
    const under = ['faketime', '-m', '--exclude-monotonic', '-f', clock];
    const words = ['transfer', ...flags, source, dest];
    const { ended, calls } = await traced(here.path, ['env', 'NO_FAKE_STAT=1', ...under], state, words);
    assertStatus(0, ended);
    return {
      calls: calls.filter(({ name }) => listxattrat.includes(name)).length,
      repaired: ended.summary!.tally.repaired,
    };
  };
  return { source, dest, copyAnew, asked, [Symbol.dispose]: () => here[Symbol.dispose]() };
}
