/**
 * What every engine promises: the same tree at the destination, whatever is in it; nothing moved or touched when
 * nothing changed; a dry run that says what the run then does. The judge is rsync.
 */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import type { Summary } from '../../src/report/events.ts';
import { type Ran, run, shell, workspace } from '../engine/run.ts';
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
const sparse: Title = 'sparse files';

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
  const all = Object.entries<Tree>(trees).filter(([title]) => !but.includes(title as Title));
  describe(name, { concurrency: 2 }, () => {
    for (const [title, tree] of all.filter(([, { isAlone }]) => isAlone)) {
      const lack = lacks[title as Title] ?? nothing;
      const promises = () => copiesOf((root) => tree.make(root), [{ title, at: '.', lack }], transfer);
      describe(title, { skip: needs('rsync') }, promises);
    }
    for (const where of [undefined, 'disk'] as const) {
      const some = all.filter(([, tree]) => !tree.isAlone && tree.where === where);
      const missing = needs('rsync', ...new Set(some.flatMap(([, tree]) => tree.needs)));
      if (some.length > 0)
        describe(`trees beside each other, ${where ?? 'in memory'}`, { skip: missing }, () =>
          together(new Map(some), where, transfer, lacks),
        );
    }
  });
}

/** What is judged by itself of what a run brings. */
type Judged = { readonly title: string; readonly at: string; readonly lack: Lack };

/** One run for many trees, so that each is a small part of something larger. */
function together(
  some: ReadonlyMap<string, Tree>,
  where: Tree['where'],
  transfer: Transfer,
  lacks: Lacks,
): void {
  const make = async (root: string) => {
    for (const [title, tree] of some) {
      fs.mkdirSync(join(root, title, 'below'), { recursive: true });
      await tree.make(join(root, title, 'below'));
    }
    if (where === 'disk') await shell(root, 'setfattr -n user.root -v yes .');
    await shell(root, 'touch -d @5.5 .');
  };
  const judged = [...some.keys()].map((title) => ({
    title,
    at: title,
    lack: lacks[title as Title] ?? nothing,
  }));
  const flags = [...(lacks['an empty tree']?.flags ?? []), '--exclude=/*'];
  const itself = { title: 'the place itself', at: '.', lack: { notices: {}, flags } };
  copiesOf(make, [...judged, itself], transfer, where);
}

function copiesOf(
  make: Tree['make'],
  judged: readonly Judged[],
  engine: Transfer,
  where?: Tree['where'],
): void {
  const here = workspace(where);
  const source = join(here, 'from');
  const dest = join(here, 'to');
  const transfer = (dryRun = false) => engine({ source, dest, state: join(here, 'state') }, { dryRun });
  let planned: Ran;
  let first: Ran;

  before(async () => {
    fs.mkdirSync(source);
    await make(source);
    planned = await transfer(true);
    first = await transfer();
  });

  for (const { title, at, lack } of judged)
    test(`all arrives of ${title}, and an independent program agrees`, async () => {
      const told = await judge(join(source, at), join(dest, at), ...(lack.flags ?? []));
      assert.equal(less(told, lack), '');
      if (title === sparse) assert.ok(roomOf(join(dest, at)) < 200e6, 'holes are kept');
    });

  test('what does not arrive is said', () => {
    assert.equal(first.status, 0, first.stderr);
    assert.deepEqual(first.summary!.notices, allOf(judged));
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

/** What is said of all of them. */
function allOf(judged: readonly Judged[]): Lack['notices'] {
  const sum: Record<string, number> = {};
  for (const { lack } of judged)
    for (const [what, count] of Object.entries(lack.notices)) sum[what] = (sum[what] ?? 0) + count!;
  return sum;
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
