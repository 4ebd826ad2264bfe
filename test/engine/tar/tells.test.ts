import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTells } from '../../../src/engine/tar/attributes/tell.ts';
import { needs } from '../../peer.ts';
import { shell, workspace } from '../run.ts';
import { far, runner } from './far.ts';
import { path } from './places.ts';

const never = new AbortController().signal;
const kinds = { xattrs: true, acls: true };

for (const [flavour, paced] of [
  ['GNU', 30_000 + 8192],
  ['BSD', 3 * 8192],
] as const)
  test(`tells: what a ${flavour} tar sends of files to tell their attributes waits for the rate`, {
    skip: needs('setfattr', 'tar', 'bsdtar'),
  }, async () => {
    const root = workspace();
    await shell(
      root,
      'head -c 30000 /dev/zero >small; head -c 90000 /dev/zero >large; setfattr -n user.one -v 1 *; echo >bare',
    );
    const there = await far(root, flavour);
    const place = { root: Buffer.from(root), run: runner(there), tools: { ...there.tools, getfattr: false } };
    const moved: number[] = [];
    const pace = async (bytes: number) => void moved.push(bytes);
    const of = createTells(place, { retries: 1, pace });
    const told = await Promise.all(['small', 'large', 'bare'].map((name) => of(path(name), kinds, never)));
    assert.deepEqual(
      told.map((one) => [...one!]),
      [[['user.one', '1']], [['user.one', '1']], []],
    );
    const bytes = moved.reduce((sum, one) => sum + one, 0);
    assert.ok(bytes >= paced && bytes < paced + 4096, `${bytes} were paced`);
  });

for (const getfattr of [true, false])
  test(`tells: what is asked twice at once is told twice ${getfattr ? 'by getfattr' : 'by tar'}`, {
    skip: needs('setfattr'),
  }, async () => {
    const root = workspace();
    await shell(root, 'mkdir dir; setfattr -n user.one -v 1 dir');
    const there = await far(root, 'GNU');
    const place = { root: Buffer.from(root), run: runner(there), tools: { ...there.tools, getfattr } };
    const of = createTells(place, { retries: 1, pace: undefined });
    const told = await Promise.all([1, 2].map(() => of(path('dir'), kinds, never)));
    assert.deepEqual(
      told.map((one) => [...one!]),
      [[['user.one', '1']], [['user.one', '1']]],
    );
  });
