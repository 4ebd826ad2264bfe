import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { seeded } from '../journal/fixture.ts';
import { needs } from '../peer.ts';
import { makeImage, mounted, place } from './ground.ts';
import { isLeft } from './is-left.ts';
import { assertSame, assertStatus, runTo, start } from './program.ts';
import { assertWhole, buildTree, type Contents, contentsOf } from './tree.ts';

// Killed with -9 at random moments, again and again, with a source that changes between the rounds: so nearly all
// that a run writes goes over older files. DIFPIPE_KILLS and DIFPIPE_SEED give other numbers by hand.

const kills = Number(process.env.DIFPIPE_KILLS ?? 20);
const seed = Number(process.env.DIFPIPE_SEED ?? 1);

describe('kill -9', { concurrency: 2, skip: needs('rsync', 'root') }, async () => {
  test(`at random moments (seed ${seed}): nothing is wrong, missing or stray afterwards`, async () => {
    using here = place();
    await killOften(here.path, seed * 2, Math.ceil(kills / 2));
  });

  test(`at random moments on ext4 (seed ${seed})`, { skip: needs('loop', 'mkfs.ext4') }, async () => {
    using here = place();
    makeImage(join(here.path, 'disk'), 'ext4', 1200 * 2 ** 20);
    using disk = mounted(join(here.path, 'at'), '-o', 'loop', join(here.path, 'disk'));
    await killOften(disk.path, seed * 2 + 1, Math.floor(kills / 2));
  });
});

async function killOften(path: string, ownSeed: number, moments: number): Promise<void> {
  const ground = await prepare(path);
  const random = seeded(ownSeed);
  for (let killed = 0; killed < moments; ) {
    changeSource(ground);
    const limit = random(2) === 0 ? [] : ['--bwlimit', '60M'];
    let isChanging = false;
    for (let more = 3 + random(6); more > 0 && killed < moments; more--) {
      if (await killOnce(ground, limit, random)) killed++;
      else break;
      if (random(4) > 0) continue;
      changeSource(ground);
      isChanging = true;
    }
    // To resume is to be done with what was copied before, whatever became of it at the source.
    await runTo(0, ground.state, isChanging ? transfer(ground) : next(ground, [], random));
    assertSame(ground.source, ground.dest);
  }
}

function changeSource({ source, versions }: Ground): void {
  const [from, to] = fs.existsSync(versions[0]!.at) ? [1, 0] : [0, 1];
  fs.renameSync(source, versions[from]!.at);
  fs.renameSync(versions[to]!.at, source);
}

type Random = (below: number) => number;

type Ground = {
  readonly source: string;
  readonly dest: string;
  readonly state: string;
  readonly versions: readonly { readonly at: string; readonly contents: Contents }[];
};

async function prepare(path: string): Promise<Ground> {
  const versions = [0, 1].map((version) => {
    const at = join(path, `version ${version}`);
    buildTree(at, version);
    return { at, contents: contentsOf(at) };
  });
  const [source, dest, state] = [join(path, 'source'), join(path, 'dest'), join(path, 'state')];
  fs.renameSync(versions[0]!.at, source);
  return { source, dest, state, versions };
}

/** False when the run was over before its moment came. */
async function killOnce(ground: Ground, limit: readonly string[], random: Random): Promise<boolean> {
  const running = start(ground.state, next(ground, limit, random));
  const fromStart = random(4) === 0;
  if (!fromStart) await running.next('started');
  await wait(random(fromStart ? 400 : limit.length > 0 ? 1800 : 600));
  running.child.kill('SIGKILL');
  const ended = await running.ended;
  if (ended.signal === null) assertStatus(0, ended);
  assertWhole(
    ground.dest,
    ground.versions.map(({ contents }) => contents),
  );
  return ended.signal !== null;
}

/** Now and then the transfer again, else the run that was left, if there is one. */
function next(ground: Ground, limit: readonly string[], random: Random): string[] {
  return isLeft(ground) && random(2) === 0 ? ['runs', 'resume'] : transfer(ground, ...limit);
}

function transfer({ source, dest }: Ground, ...flags: readonly string[]): string[] {
  return ['transfer', ...flags, source, dest];
}
