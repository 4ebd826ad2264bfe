import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { place } from './ground.ts';
import { assertSame, type Ended, failures, runTo } from './program.ts';

// What --trust-journal does not ask the destination, and when it asks all the same.

describe('--trust-journal', { concurrency: 3, skip: needs('rsync', 'root') }, () => {
  test('brings back what was removed there in the tenth run', async () => {
    using here = await settled();
    fs.rmSync(join(here.dest, 'd/f1'));
    for (let run = 1; run <= 9; run++) {
      assert.equal((await here.trust()).summary!.tally.copied, 0);
      assert.equal(fs.existsSync(join(here.dest, 'd/f1')), false, `run ${run}`);
    }
    assert.equal((await here.trust()).summary!.tally.copied, 1);
    assertSame(here.source, here.dest);
    fs.rmSync(join(here.dest, 'd/f2'));
    await here.trust();
    assert.equal(fs.existsSync(join(here.dest, 'd/f2')), false);
  });

  test('is not asked for: what was removed or changed there is back at once', async () => {
    using here = await settled();
    await here.trust();
    fs.rmSync(join(here.dest, 'd/f1'));
    fs.writeFileSync(join(here.dest, 'd/f2'), 'other');
    await here.run();
    assertSame(here.source, here.dest);
  });

  test('copies what changed at the source, however little of it', async () => {
    using here = await settled();
    const path = join(here.source, 'd/f1');
    const { atime, mtime } = fs.statSync(path);
    fs.writeFileSync(path, 'F1 of the source', { flag: 'r+' });
    fs.utimesSync(path, atime, mtime);
    fs.chmodSync(join(here.source, 'd/f2'), 0o600);
    fs.writeFileSync(join(here.source, 'd/f3'), 'longer than it was before');
    fs.writeFileSync(join(here.source, 'd/new'), 'new');
    fs.rmSync(join(here.source, 'link'));
    fs.symlinkSync('elsewhere', join(here.source, 'link'));
    await here.trust();
    await here.trust('--checksum'); // for the one of the same size and time
    assertSame(here.source, here.dest);
  });

  test('looks at a directory that another one took the place of', async () => {
    using here = await settled();
    fs.renameSync(join(here.dest, 'd'), join(here.path, 'away'));
    fs.mkdirSync(join(here.dest, 'd'));
    await here.trust();
    assertSame(here.source, here.dest);
    fs.rmSync(join(here.dest, 'e'), { recursive: true });
    await here.trust();
    assertSame(here.source, here.dest);
    fs.rmSync(here.dest, { recursive: true });
    await here.trust();
    assertSame(here.source, here.dest);
  });

  test('believes nothing of what failed', async () => {
    using here = await settled();
    const [blocked, changed] = [join(here.source, 'd/blocked'), join(here.source, 'd/f1')];
    fs.writeFileSync(blocked, 'blocked');
    fs.writeFileSync(changed, 'changed, and a rival');
    const inTheWay = [join(here.dest, 'd/blocked'), join(here.dest, 'd/f1')];
    fs.rmSync(inTheWay[1]!);
    for (const dir of inTheWay) fs.mkdirSync(join(dir, 'full'), { recursive: true });
    for (let run = 0; run < 2; run++) {
      const ended = await here.trust.to(3);
      assert.deepEqual([...failures(ended).keys()].sort(), ['d/blocked', 'd/f1']);
    }
    for (const dir of inTheWay) fs.rmSync(dir, { recursive: true });
    await here.trust();
    assertSame(here.source, here.dest);
  });

  test('believes no run that was told to write nothing, or to leave some of it out', async () => {
    using here = await settled();
    for (const name of ['d/new', 'd/out']) fs.writeFileSync(join(here.source, name), name);
    await here.trust('--dry-run');
    await here.trust('--exclude', 'out');
    assert.equal(fs.existsSync(join(here.dest, 'd/out')), false);
    await here.trust();
    assertSame(here.source, here.dest);
  });
});

/** A source and its copy, which one run has made and another one found unchanged. */
async function settled() {
  const here = place();
  const [source, dest, state] = [join(here.path, 'from'), join(here.path, 'to'), join(here.path, 'state')];
  for (const dir of ['d', 'e/deep']) fs.mkdirSync(join(source, dir), { recursive: true });
  for (let i = 0; i < 20; i++) fs.writeFileSync(join(source, `d/f${i}`), `f${i} of the source`);
  fs.writeFileSync(join(source, 'e/deep/file'), 'deep');
  fs.symlinkSync('d', join(source, 'link'));
  const to = (status: number, ...flags: string[]): Promise<Ended> =>
    runTo(status, state, ['transfer', ...flags, source, dest]);
  await to(0);
  await to(0);
  return {
    path: here.path,
    source,
    dest,
    run: () => to(0),
    trust: Object.assign((...flags: string[]) => to(0, '--trust-journal', ...flags), {
      to: (status: number) => to(status, '--trust-journal'),
    }),
    [Symbol.dispose]: () => here[Symbol.dispose](),
  };
}
