/**
 * What every engine promises: the same tree at the destination, whatever is in it; nothing moved or touched when
 * nothing changed; a dry run that says what the run then does. The judge is rsync.
 */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { type Ran, run, workspace } from '../engine/run.ts';
import { judge, touches } from '../judge.ts';
import { needs } from '../peer.ts';
import { type Tree, trees } from '../trees.ts';

/** `strategy` is what the person asks for, with flags of its own if it needs some. */
export function engineContract(strategy: string, ...flags: string[]): void {
  describe(strategy, { concurrency: 2 }, () => {
    for (const [name, tree] of Object.entries<Tree>(trees)) {
      const skip = needs('rsync', ...tree.needs);
      describe(name, { skip }, () => copiesOf(tree, ['--strategy', strategy, ...flags]));
    }
  });
}

function copiesOf(tree: Tree, flags: readonly string[]): void {
  const here = workspace(tree.where);
  const source = join(here, 'from');
  const dest = join(here, 'to');
  const transfer = (...more: string[]) =>
    run(join(here, 'state'), ['transfer', '-v', ...flags, ...more, source, dest]);
  let planned: Ran;
  let first: Ran;

  before(async () => {
    fs.mkdirSync(source);
    if (tree.isCrowded) await inCrowd(tree, source);
    else await tree.make(source);
    planned = await transfer('--dry-run');
    first = await transfer();
  });

  test('all arrives, and an independent program agrees', async () => {
    assert.equal(first.status, 0, first.stderr);
    assert.equal(await judge(source, dest), '');
    assert.deepEqual(first.summary!.notices, {});
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

function said({ entries }: Ran): string[] {
  return entries.map(({ action, path, bytes }) => `${action} ${path} ${bytes}`).sort();
}
