import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { MiB, solid } from '../trees.ts';
import { Disk, lostBytes, rangesKnown, restartMachine } from './disk.ts';
import { type Kind, place } from './ground.ts';
import { assertSame, runTo, type Said, start } from './program.ts';
import { spread } from './tree.ts';

// The power fails under the destination, under the Journal, or under both.

const files = 300;
const kinds: readonly Kind[] = ['ext4', 'xfs', 'btrfs'];
const peers = ['root', 'loop', 'rsync'] as const;

type Ground = Disposable & {
  readonly path: string;
  readonly source: string;
  readonly disk: Disk;
  readonly state: string;
};

/** `on` the disk is the state directory too, or it is not. */
function ground(kind: Kind, { isStateOn = false, options = '' } = {}): Ground {
  const owned = new DisposableStack();
  const { path } = owned.use(place());
  const disk = owned.use(new Disk(join(path, 'disk'), kind, { bytes: 400 * MiB, options }));
  const source = join(path, 'source');
  fill(source);
  const state = join(isStateOn ? disk.path : path, 'state');
  return { path, source, disk, state, [Symbol.dispose]: () => owned.dispose() };
}

function fill(source: string): void {
  for (const dir of ['a', 'b/c']) fs.mkdirSync(join(source, dir), { recursive: true });
  for (let i = 0; i < files; i++)
    fs.writeFileSync(join(source, i % 2 ? 'a' : 'b/c', `f${i}`), `${i} `.repeat(1000));
  for (let i = 0; i < files; i += 10) fs.linkSync(join(source, 'b/c', `f${i}`), join(source, 'a', `l${i}`));
  fs.symlinkSync('../a', join(source, 'b', 'symlink'));
  solid(join(source, 'large'), 66 * MiB);
}

for (const kind of kinds) {
  describe(`a power cut on ${kind}`, { concurrency: 4, skip: needs(...peers, `mkfs.${kind}`) }, () => {
    test('right after exit 0 leaves everything, whole', async () => {
      using here = ground(kind);
      const dest = join(here.disk.path, 'to');
      await runTo(0, here.state, ['transfer', here.source, dest]);
      await here.disk.cut();
      here.disk.restart();
      assertSame(here.source, dest);
    });

    test('right after a run that found in place what a killed one wrote', async () => {
      using here = ground(kind);
      const dest = join(here.disk.path, 'to');
      const words = ['transfer', '--durability', 'run', '--bwlimit', '12M', here.source, dest];
      const running = start(here.state, words);
      await running.next('progress', ({ files: seen }) => Number(seen) > files / 2);
      running.child.kill('SIGKILL');
      await running.ended;
      await runTo(0, here.state, ['transfer', here.source, dest]);
      await here.disk.cut();
      here.disk.restart();
      assertSame(here.source, dest);
    });

    for (const isStateOn of kind === 'ext4' ? [false, true] : [true]) {
      const what = isStateOn ? ' and the Journal' : '';
      test(`in the middle${what} costs no more than what was not durable`, async () => {
        using here = ground(kind, { isStateOn });
        const dest = join(here.disk.path, 'to');
        await cutInTheMiddle(here, ['transfer', '--bwlimit', '12M', here.source, dest]);
        const { summary } = await runTo(0, here.state, ['runs', 'resume']);
        assert.equal(summary!.tally.failed, 0);
        assertSame(here.source, dest);
      });
    }
  });
}

describe('a power cut that leaves sizes and times but not bytes', {
  concurrency: 3,
  skip: needs(...peers, 'mkfs.ext4'),
}, () => {
  // ext4 like this writes down what it knows of a file every second, and the bytes half a minute later.
  const options = ',data=writeback,nodelalloc,commit=1';

  for (const verb of ['resume', 'transfer'] as const) {
    test(`is made good by ${verb}, even after runs in between that were killed`, async () => {
      for (let tries = 1; !(await isMadeGood(verb)); tries++) assert.ok(tries < 10, 'no cut lost any bytes');
    });
  }

  /** False where nothing was lost: some other test had the whole machine sync. */
  async function isMadeGood(verb: 'resume' | 'transfer'): Promise<boolean> {
    using here = ground('ext4', { options });
    const dest = join(here.disk.path, 'to');
    const words = ['transfer', '--durability', 'run', '--bwlimit', '12M', here.source, dest];
    await cutInTheMiddle(here, words);
    if (lostBytes(here.source, dest).length === 0) return false;
    const again = verb === 'resume' ? ['runs', 'resume'] : ['transfer', here.source, dest];
    const between = start(here.state, again);
    await between.next('started');
    between.child.kill('SIGKILL');
    await between.ended;
    await runTo(0, here.state, again);
    assertSame(here.source, dest);
    return true;
  }

  test('leaves the ranges of a large file that the Journal knows', async () => {
    using here = ground('ext4', { options });
    fs.rmSync(join(here.source, 'large'));
    spread(join(here.source, 'ranges'), { ranges: 20, dataBytes: 3 * MiB });
    const dest = join(here.disk.path, 'to');
    const words = ['transfer', '--bwlimit', '12M', here.source, dest];
    await cutInTheMiddle(
      here,
      words,
      (said) => Number(said.elapsedMs) > 3000 && rangesKnown(here.state).length > 1,
    );
    assert.ok(rangesKnown(here.state).length < 20);
    await runTo(0, here.state, ['runs', 'resume']);
    assertSame(here.source, dest);
  });

  test('is nothing to a run that a barrier made durable', async () => {
    using here = ground('ext4', { options });
    const dest = join(here.disk.path, 'to');
    await runTo(0, here.state, ['transfer', '--durability', 'run', here.source, dest]);
    await here.disk.cut();
    here.disk.restart();
    assert.deepEqual(lostBytes(here.source, dest), []);
  });
});

/** Once two seconds' worth is there, so that some of it is durable and some is not. */
async function cutInTheMiddle(
  { state, disk }: Ground,
  words: readonly string[],
  isTime = ({ elapsedMs }: Said) => Number(elapsedMs) > 2200,
): Promise<void> {
  const running = start(state, words);
  await running.next('progress', isTime);
  running.child.kill('SIGSTOP');
  await disk.cut();
  running.child.kill('SIGKILL');
  await running.ended;
  disk.restart();
  restartMachine(state);
}
