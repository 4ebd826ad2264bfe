import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { seeded } from '../journal/fixture.ts';
import { needs } from '../peer.ts';
import { rangesKnown } from '../survive/disk.ts';
import { isLeft } from '../survive/is-left.ts';
import { assertStatus, strays } from '../survive/program.ts';
import { assertWhole, type Contents, contentsOf } from '../survive/tree.ts';
import { assertQuiet, differences, type Far, far } from './ground.ts';
import { mark, ordinary } from './tree.ts';

// Killed with -9 at random moments, over older files. DIFPIPE_KILLS and DIFPIPE_SEED give other numbers by hand.

const kills = Number(process.env.DIFPIPE_KILLS ?? 8);
const seed = Number(process.env.DIFPIPE_SEED ?? 1);
const skip = needs('sshd', 'rsync', 'root');
const rangeBytes = 2 ** 20;

type Ends = (here: Far) => readonly [source: string, dest: string];

const ways: Readonly<Record<string, Ends>> = {
  'to a host': ({ source, dest, url }) => [source, url(dest)],
  'from a host': ({ source, dest, url }) => [url(source), dest],
  'from host to host': ({ source, dest, url }) => [url(source), url(dest)],
};

describe('kill -9 of a transfer', { skip }, () => {
  for (const [at, [name, endsOf]] of Object.entries(ways).entries()) {
    test(`${name} at random moments (seed ${seed}): nothing is wrong, missing, stray or sent twice`, async () => {
      await using here = await far();
      await killOften(here, endsOf(here), seeded(seed * 2 + at));
    });

    test(`${name} in a large file: durable ranges are not sent again`, async () => {
      await using here = await far();
      ordinary(here.source, { files: 1, largeMiB: 130 });
      const running = here.start(['transfer', '--streams', '1', '--bwlimit', '30M', ...endsOf(here)]);
      await running.next('progress', () => rangesKnown(here.state).length > 0);
      running.child.kill('SIGKILL');
      await running.ended;
      const ranges = rangesKnown(here.state);
      const [unfinished] = strays(here.dest);
      for (const range of ranges) mark(unfinished!, range * rangeBytes + 7, 'not sent again');
      await here.runTo(0, ['runs', 'resume']);
      for (const range of ranges) mark(join(here.source, 'large'), range * rangeBytes + 7, 'not sent again');
      fs.utimesSync(join(here.source, 'large'), 1e9, 1e9);
      assert.deepEqual(differences(here.source, here.dest), []);
      await assertQuiet(here);
    });
  }
});

type Random = (below: number) => number;

async function killOften(here: Far, ends: readonly string[], random: Random): Promise<void> {
  const versions = prepare(here);
  for (let killed = 0; killed < kills / 2; ) {
    exchange(here);
    const placed = new Map<string, bigint>();
    for (let isOver = false; !isOver && killed < kills / 2; ) {
      isOver = !(await killOnce(here, ends, random));
      if (!isOver) killed++;
      assertWhole(here.dest, versions);
      assertKept(here, placed);
    }
    await here.runTo(0, isLeft(here) ? ['runs', 'resume'] : ['transfer', ...ends]);
    assert.deepEqual(differences(here.source, here.dest), []);
    assertKept(here, placed);
    await assertQuiet(here);
  }
}

const other = ({ path }: Far) => join(path, 'other');

/** One version at the source and the other beside it. */
function prepare(here: Far): Contents[] {
  for (const [version, root] of [here.source, other(here)].entries())
    ordinary(root, { files: 600, largeMiB: 66, version });
  return [here.source, other(here)].map(contentsOf);
}

function exchange(here: Far): void {
  fs.renameSync(here.source, join(here.path, 'third'));
  fs.renameSync(other(here), here.source);
  fs.renameSync(join(here.path, 'third'), other(here));
}

/** False when the run was over before its moment came. */
async function killOnce(here: Far, ends: readonly string[], random: Random): Promise<boolean> {
  const again =
    isLeft(here) && random(2) === 0 ? ['runs', 'resume'] : ['transfer', '--bwlimit', '30M', ...ends];
  const running = here.start(again);
  if (random(4) > 0) await running.next('started');
  await wait(random(1500));
  running.child.kill('SIGKILL');
  const ended = await running.ended;
  if (ended.signal === null) assertStatus(0, ended);
  return ended.signal !== null;
}

/** What arrived stays the file that it is; remembers what did. */
function assertKept({ source, dest }: Far, placed: Map<string, bigint>): void {
  const wanted = fs.existsSync(dest) ? contentsOf(source) : new Map();
  const there = contentsOf(dest);
  for (const [name, content] of wanted) {
    if (there.get(name) !== content) continue;
    const { ino } = fs.lstatSync(join(dest, name), { bigint: true });
    assert.equal(placed.get(name) ?? ino, ino, `${name} was sent again`);
    placed.set(name, ino);
  }
}
