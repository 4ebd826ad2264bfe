/**
 * What every engine promises: the same tree at the destination, whatever is in it; nothing moved or touched when
 * nothing changed; a dry run that says what the run then does. The judge is rsync.
 */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import type { Summary } from '../../src/report/events.ts';
import { type Ran, run, workspace } from '../engine/run.ts';
import { judge, touches } from '../judge.ts';
import { needs } from '../peer.ts';
import { type Tree, trees } from '../trees.ts';

export type Way = { readonly source: string; readonly dest: string; readonly state: string };

/** Moves one directory to another, reporting every entry. */
export type Transfer = (way: Way, how: { readonly dryRun: boolean }) => Promise<Ran>;

/** What an engine cannot carry of a tree, and what it says of that; all else it has to. */
export type Lack = {
  readonly notices: Summary['notices'];
  /** for the judge to leave out */
  readonly flags?: readonly string[];
  /** lines of the judge that are about what is left out all the same */
  readonly lines?: RegExp;
};

export type Title = keyof typeof trees;
export type Lacks = Partial<Record<Title, Lack>>;

const nothing: Lack = { notices: {} };

/** What the person asks for, with flags of its own if it needs some. */
export function strategy(...flags: string[]): Transfer {
  return ({ source, dest, state }, { dryRun }) =>
    run(state, ['transfer', '-v', '--strategy', ...flags, ...(dryRun ? ['--dry-run'] : []), source, dest]);
}

/** `but` leaves out trees whose way is the same as others' there. */
export function engineContract(
  name: string,
  transfer: Transfer,
  lacks: Lacks = {},
  but: readonly Title[] = [],
): void {
  describe(name, { concurrency: 2 }, () => {
    for (const [title, tree] of Object.entries<Tree>(trees)) {
      if (but.includes(title as Title)) continue;
      const skip = needs('rsync', ...tree.needs);
      const lack = lacks[title as keyof typeof trees] ?? nothing;
      describe(title, { skip }, () => copiesOf(tree, transfer, lack));
    }
  });
}

function copiesOf(tree: Tree, engine: Transfer, lack: Lack): void {
  const here = workspace(tree.where);
  const source = join(here, 'from');
  const dest = join(here, 'to');
  const transfer = (dryRun = false) => engine({ source, dest, state: join(here, 'state') }, { dryRun });
  let planned: Ran;
  let first: Ran;

  before(async () => {
    fs.mkdirSync(source);
    if (tree.isCrowded) await inCrowd(tree, source);
    else await tree.make(source);
    planned = await transfer(true);
    first = await transfer();
  });

  test('all arrives, and an independent program agrees', async () => {
    assert.equal(first.status, 0, first.stderr);
    assert.equal(less(await judge(source, dest, ...(lack.flags ?? [])), lack), '');
    assert.deepEqual(first.summary!.notices, lack.notices);
    if (tree === trees['sparse files']) assert.ok(roomOf(dest) < 200e6, 'holes are kept');
  });

  test('a dry run says what the run then does, and changes nothing', () => {
    assert.equal(planned.status, 0, planned.stderr);
    assert.deepEqual(planned.summary!.tally, first.summary!.tally);
    assert.deepEqual(said(planned), said(first));
  });

  test('a second run moves nothing and touches nothing', async () => {
    const then = await touches(dest);
    const again = await transfer();
    assert.equal(again.status, 0, again.stderr);
    assert.deepEqual(said(again), []);
    const { skipped, skippedBytes, ...moved } = again.summary!.tally;
    assert.deepEqual(new Set(Object.values(moved)), new Set([0]));
    assert.deepEqual(await touches(dest), then);
  });
}

/** Below so many other entries that an engine does not finish at its first look, and other threads join. */
async function inCrowd({ make }: Tree, source: string): Promise<void> {
  for (let n = 0; n < 250; n++) fs.writeFileSync(join(source, `of many ${n}`), '');
  const below = join(source, 'below');
  fs.mkdirSync(below);
  await make(below);
}

/** What its files take on the disk, in bytes. */
function roomOf(dir: string): number {
  const names = fs.readdirSync(dir, { recursive: true, encoding: 'utf8' });
  return names.reduce((sum, name) => sum + fs.lstatSync(join(dir, name)).blocks * 512, 0);
}

function less(told: string, { lines }: Lack): string {
  return lines ? told.replace(lines, '') : told;
}

function said({ entries }: Ran): string[] {
  return entries.map(({ action, path, bytes }) => `${action} ${path} ${bytes}`).sort();
}
