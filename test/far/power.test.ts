import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { needs } from '../peer.ts';
import { assertStatus, whileHeld } from '../survive/program.ts';
import { differences, type Far, far } from './ground.ts';
import { ordinary } from './tree.ts';

// The power fails where the destination is. Each program there sees a boot id of the test's own.

const skip = needs('sshd', 'rsync', 'root', 'unshare');
const bootPath = '/proc/sys/kernel/random/boot_id';

type Machine = { readonly here: Far; readonly bootAgain: () => void };

async function machine(stack: AsyncDisposableStack): Promise<Machine> {
  const boots = fs.mkdtempSync('/tmp/difpipe-boot-');
  stack.defer(() => fs.rmSync(boots, { recursive: true }));
  const boot = join(boots, 'id');
  let times = 0;
  const bootAgain = () => fs.writeFileSync(boot, `boot ${++times}\n`);
  bootAgain();
  const inner = `mount --bind ${boot} ${bootPath} && exec sh -c "$SSH_ORIGINAL_COMMAND"`;
  const here = stack.use(await far({ options: [`ForceCommand exec unshare -m sh -c '${inner}'`] }));
  return { here, bootAgain };
}

/** Stopped in the middle; then what a file there holds is gone, though it looks as it did. */
async function cut({ here }: Machine, strategy: string): Promise<string> {
  ordinary(here.source, { files: 800 });
  const running = here.start([
    'transfer',
    '--strategy',
    strategy,
    '--bwlimit',
    '1M',
    here.source,
    here.url(here.dest),
  ]);
  await running.next('progress', ({ files }) => Number(files) > 300);
  while (!wholeIn(here.dest) && running.child.exitCode === null) await wait(20);
  running.child.kill('SIGKILL');
  await running.ended;
  return spoil(here.dest);
}

/** Zeros instead of the bytes of a file, of the same size and time. */
function spoil(root: string): string {
  const path = wholeIn(root)!;
  const { size, atime, mtime } = fs.statSync(path);
  fs.writeFileSync(path, Buffer.alloc(size));
  fs.utimesSync(path, atime, mtime);
  return path;
}

function wholeIn(root: string): string | undefined {
  const isWhole = (path: string) => !path.includes('.difpipe-') && fs.statSync(path).size > 100;
  return allFiles(root).find(isWhole);
}

function allFiles(root: string): string[] {
  return entriesIn(root)
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** What is left of a stage may still go away while it is looked at. */
function entriesIn(root: string): fs.Dirent[] {
  try {
    return fs.readdirSync(root, { recursive: true, withFileTypes: true });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    return entriesIn(root);
  }
}

describe('a power cut of the far host', { skip, concurrency: 4 }, () => {
  for (const [strategy, isCut] of [
    ['parallel', true],
    ['tar', true],
    ['rsync', true],
    ['parallel', false],
  ] as const) {
    const what = isCut
      ? 'costs nothing: what was not known to be durable is sent again'
      : 'is not seen where there was none';
    test(`between two runs by ${strategy} ${what}`, async () => {
      await using stack = new AsyncDisposableStack();
      const there = await machine(stack);
      const victim = await cut(there, strategy);
      if (isCut) there.bootAgain();
      const { here } = there;
      await here.runTo(0, ['transfer', '--strategy', strategy, here.source, here.url(here.dest)]);
      const left = differences(here.source, here.dest);
      assert.equal(left.length, isCut ? 0 : 1, left.join('\n')); // what was spoilt behind our back looks right
      assert.equal(
        fs.readFileSync(victim).every((byte) => byte === 0),
        !isCut,
      );
    });
  }

  test('before a run in which something fails costs nothing, and those after it send nothing again', async () => {
    await using stack = new AsyncDisposableStack();
    const there = await machine(stack);
    const { here, bootAgain } = there;
    const victim = await cut(there, 'parallel');
    fs.writeFileSync(join(here.source, 'taken'), 'a file');
    fs.mkdirSync(join(here.dest, 'taken/by'), { recursive: true });
    const words = ['transfer', here.source, here.url(here.dest)];
    bootAgain();
    await here.runTo(3, words);
    assert.ok(fs.readFileSync(victim).some((byte) => byte !== 0));
    for (const boots of [false, true]) {
      if (boots) bootAgain();
      const { tally } = (await here.runTo(3, words)).summary!;
      assert.deepEqual([tally.copied, tally.updated], [0, 0]);
    }
    fs.rmSync(join(here.dest, 'taken'), { recursive: true });
    await here.runTo(0, words);
    assert.deepEqual(differences(here.source, here.dest), []);
  });

  test('in the middle of a run: what was written before is sent again', async () => {
    await using stack = new AsyncDisposableStack();
    const there = await machine(stack);
    const { here } = there;
    ordinary(here.source, { files: 800 });
    const words = ['transfer', '--strategy', 'parallel', '--durability', 'run', '--bwlimit', '1M'];
    const running = here.start([...words, here.source, here.url(here.dest)]);
    await running.next('progress', ({ files }) => Number(files) > 300);
    await whileHeld(running, async () => {
      spoil(here.dest);
      there.bootAgain();
    });
    assertStatus(0, await running.ended);
    assert.deepEqual(differences(here.source, here.dest), []);
  });
});
