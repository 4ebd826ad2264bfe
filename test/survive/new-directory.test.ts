import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { place } from './ground.ts';
import { assertSame, assertStatus, type Ended, failures, run, runTo, start, strays } from './program.ts';

// New directories are filled under a name of ours, and get their own in the end: what comes between.

const renames = 'trace=renameat,renameat2';

describe('a new directory', { concurrency: 4, skip: needs('rsync', 'strace', 'root') }, () => {
  test('is filled up where a rival began to', async () => {
    using here = ground();
    const { tally } = (await atTheRename(here, ({ dir }) => fs.writeFileSync(join(dir, 'f1'), 'the rival')))
      .summary!;
    assert.deepEqual([tally.copied, tally.copiedBytes, tally.failed], [3, 9, 1]);
    assert.equal(fs.readFileSync(join(here.dest, 'new/f1'), 'utf8'), 'the rival');
    fs.rmSync(join(here.dest, 'new/f1'));
    await runTo(0, here.state, ['transfer', here.source, here.dest]);
    assertSame(here.source, here.dest);
  });

  test('is filled up below it too, where a rival began to', async () => {
    using here = ground();
    const rival = ({ dir }: Ground) => {
      fs.mkdirSync(join(dir, 'sub'));
      fs.writeFileSync(join(dir, 'sub/file'), 'the rival');
    };
    const ended = await atTheRename(here, rival);
    assert.deepEqual([...failures(ended).keys()], ['new/sub/file']);
    assert.equal(fs.readFileSync(join(here.dest, 'new/sub/file'), 'utf8'), 'the rival');
    fs.rmSync(join(here.dest, 'new/sub/file'));
    await runTo(0, here.state, ['transfer', here.source, here.dest]);
    assertSame(here.source, here.dest);
  });

  test('that a rival made a symlink takes nothing outside', async () => {
    using here = ground();
    const outside = join(here.path, 'outside');
    fs.mkdirSync(outside);
    const ended = await atTheRename(here, ({ dir }) => {
      fs.rmdirSync(dir);
      fs.symlinkSync(outside, dir);
    });
    assert.deepEqual([...failures(ended).keys()].filter((path) => path.startsWith('new/f')).length, 3);
    assert.equal(ended.summary!.tally.copied, 0);
    assert.deepEqual(fs.readdirSync(outside), []);
  });

  test('that somebody takes away is there in the end', async () => {
    using here = ground();
    assertStatus(0, await meanwhile(here, ({ dir }) => fs.rmdirSync(dir)));
    assertSame(here.source, here.dest);
  });

  for (const words of [
    ['runs', 'resume'],
    ['transfer', 'again'],
  ]) {
    test(`whose run is killed before it gets its name is there after ${words.join(' ')}`, async () => {
      using here = ground();
      const under = ['strace', '-fqq', '-o', '/dev/null', '-e', renames];
      const kill = ['-e', 'inject=renameat,renameat2:signal=KILL'];
      await run(here.state, ['transfer', here.source, here.dest], { under: [...under, ...kill] });
      assert.equal(strays(here.dest).length, 1);
      await runTo(0, here.state, words[0] === 'runs' ? words : ['transfer', here.source, here.dest]);
      assertSame(here.source, here.dest);
    });
  }
});

type Ground = ReturnType<typeof ground>;

/** Some files that are new in a directory that is new, below one that its owner may not write to. */
function ground() {
  const { path, ...here } = place();
  const [source, dest, state] = ['source', 'dest', 'state'].map((name) => join(path, name)) as Three;
  fs.mkdirSync(join(source, 'new/sub'), { recursive: true });
  for (const name of ['f0', 'f1', 'f2']) fs.writeFileSync(join(source, 'new', name), name);
  fs.symlinkSync('f0', join(source, 'new/link'));
  fs.writeFileSync(join(source, 'new/sub/file'), 'below');
  fs.mkdirSync(join(source, 'new/sub/empty'), { mode: 0o500 });
  fs.chmodSync(source, 0o555);
  fs.utimesSync(source, 1, 1);
  fs.mkdirSync(dest);
  return { path, source, dest, dir: join(dest, 'new'), state, ...here };
}

type Three = [string, string, string];

/** The run, which something happens to when the directory is full and waits for its name. */
async function meanwhile(here: Ground, happens: (here: Ground) => void): Promise<Ended> {
  const trace = join(here.path, 'trace');
  fs.writeFileSync(trace, '');
  const delay = ['-e', renames, '-e', 'inject=renameat,renameat2:delay_enter=2s:when=1'];
  const under = ['strace', '-fqq', '-o', trace, ...delay];
  const running = start(here.state, ['transfer', here.source, here.dest], { under });
  for await (const _ of fs.promises.watch(trace)) if (fs.statSync(trace).size > 0) break;
  happens(here);
  return running.ended;
}

async function atTheRename(here: Ground, happens: (here: Ground) => void): Promise<Ended> {
  const ended = await meanwhile(here, happens);
  assertStatus(3, ended);
  assert.deepEqual(strays(here.dest), []);
  return ended;
}
