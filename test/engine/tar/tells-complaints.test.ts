import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTells } from '../../../src/engine/tar/attributes/tell.ts';
import type { RelativePath } from '../../../src/store/path.ts';
import { needs } from '../../peer.ts';
import { shell, workspace } from '../run.ts';
import { type Far, type Flavour, far, runner } from './far.ts';
import { path } from './places.ts';

// Only who complains of attributes could not read them.

const never = new AbortController().signal;
const kinds = { xattrs: true, acls: true };
const one = [['user.one', '1']];

function tellsOf(root: string, there: Far, getfattr: boolean) {
  const place = { root: Buffer.from(root), run: runner(there), tools: { ...there.tools, getfattr } };
  const of = createTells(place, { retries: 1, pace: undefined });
  return (names: readonly (string | Buffer)[]) =>
    Promise.all(
      names.map(async (name) => {
        const told = await of(
          typeof name === 'string' ? path(name) : (name as Uint8Array as RelativePath),
          kinds,
          never,
        );
        return told && [...told];
      }),
    );
}

/** The same, where each start of these programs is a line in a file. */
async function counted(root: string, there: Far): Promise<{ there: Far; starts: () => number }> {
  const bin = workspace();
  const log = join(bin, 'log');
  fs.chmodSync(bin, 0o755);
  fs.writeFileSync(log, '');
  fs.chmodSync(log, 0o666);
  for (const name of ['tar', 'getfattr']) {
    const program = (await shell(root, `PATH='${there.path}'; command -v ${name}`)).trim();
    fs.writeFileSync(join(bin, name), `#!/bin/sh\necho >>${log}\nexec ${program} "$@"\n`, { mode: 0o755 });
  }
  const starts = () => fs.readFileSync(log).length;
  return { there: { ...there, path: `${bin}:${there.path}` }, starts };
}

for (const flavour of ['GNU', 'BSD'] as const)
  test(`tells: a ${flavour} tar tells of names that are not ASCII`, {
    skip: needs('setfattr', 'tar', 'bsdtar'),
  }, async () => {
    const root = workspace();
    const names = [Buffer.from('\xe4', 'latin1'), Buffer.from('ä'), Buffer.from('bäre')];
    const make = (name: Buffer) => fs.writeFileSync(Buffer.concat([Buffer.from(`${root}/`), name]), '');
    names.slice(0, 2).forEach(make);
    await shell(root, 'setfattr -n user.one -v 1 *');
    names.slice(2).forEach(make);
    const told = await tellsOf(root, await far(root, flavour), false)(names);
    assert.deepEqual(told, [one, one, []]);
  });

const ways: readonly [name: string, flavour: Flavour, getfattr: boolean, most: number][] = [
  ['getfattr', 'GNU', true, 1],
  ['a GNU tar', 'GNU', false, 3],
  ['a BSD tar', 'BSD', false, 22],
];

for (const [name, flavour, getfattr, most] of ways) {
  test(`tells: of what vanished ${name} tells that it has none, and the others do not pay for it`, {
    skip: needs('setfattr', 'tar', 'bsdtar'),
  }, async () => {
    const root = workspace();
    const names = Array.from({ length: 20 }, (_, at) => `file ${at}`);
    await shell(
      root,
      `for at in $(seq 0 19); do echo >"file $at"; setfattr -n user.one -v 1 "file $at"; done`,
    );
    const { there, starts } = await counted(root, await far(root, flavour));
    assert.deepEqual(await tellsOf(root, there, getfattr)(['gone', ...names]), [[], ...names.map(() => one)]);
    assert.ok(starts() <= most, `${starts()} programs`);
  });

  if (flavour === 'GNU')
    test(`tells: what may not be opened and has none is told by ${name}, beside what cannot be told`, {
      skip: needs('root', 'setfattr', 'tar'),
    }, async () => {
      const root = workspace();
      fs.chmodSync(root, 0o755);
      const names = Array.from({ length: 20 }, (_, at) => `file ${at}`);
      await shell(
        root,
        `for at in $(seq 0 19); do echo >"file $at"; done; chmod 600 *;
        echo >secret; setfattr -n user.one -v 1 secret; chmod 600 secret`,
      );
      const { there, starts } = await counted(root, await far(root, flavour, 1234));
      const told = await tellsOf(root, there, getfattr)([...names, 'secret']);
      assert.deepEqual(told, [...names.map(() => []), undefined]);
      if (!getfattr) assert.ok(starts() <= most, `${starts()} programs`);
    });
}
