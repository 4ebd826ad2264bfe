import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import type { Ended } from '../survive/program.ts';
import { differences, type Far, far, ways } from './ground.ts';

const skip = needs('sshd', 'rsync');
const dirs = ['a', 'a/b', 'c', 'd'];

/** Something of another type is where each of the directories is to be. */
function make({ source, dest, path }: Far): void {
  for (const dir of dirs) fs.mkdirSync(join(source, dir));
  for (const dir of dirs) fs.writeFileSync(join(source, dir, 'f'), dir);
  for (const dir of dirs) fs.utimesSync(join(source, dir), 1e9, 1e9);
  for (const dir of [dest, join(path, 'outside')]) fs.mkdirSync(dir);
  for (const name of ['a', 'd']) fs.writeFileSync(join(dest, name), 'in the way');
  fs.symlinkSync('../outside', join(dest, 'c'));
}

/** But for repairs: a directory may be compared while others are in it, and then gets its times twice. */
const newOf = ({ said }: Ended) => {
  const entries = said.filter(({ type, action }) => type === 'entry' && action !== 'repair');
  return entries.map(({ action, path }) => `${action} ${path}`).sort();
};

for (const [way, between] of Object.entries(ways))
  for (const strategy of ['auto', 'parallel'])
    for (const [what, listed] of Object.entries({ listed: dirs, 'above what is listed': [] }))
      test(`${way} by ${strategy}, directories ${what} take the place of what is none, as a dry run says`, {
        skip,
      }, async () => {
        await using here = await far();
        make(here);
        const list = join(here.path, 'list');
        const paths = [...listed, ...dirs.map((dir) => `${dir}/f`)];
        fs.writeFileSync(list, paths.map((path) => `${path}\n`).join(''));
        const words = ['--strategy', strategy, '--files-from', list, '-v', ...between(here)];
        const planned = await here.runTo(0, ['transfer', '--dry-run', ...words]);
        const done = await here.runTo(0, ['transfer', ...words]);
        assert.deepEqual(newOf(planned), newOf(done));
        const isRoot = (line: string) => line.endsWith(' ./');
        const isTime = (line: string) => /^\.f\.\.t\.* /.test(line); // whole seconds, by some ways
        const left = differences(here.source, here.dest).filter((line) => !isRoot(line) && !isTime(line));
        assert.deepEqual(left, []);
        assert.deepEqual(fs.readdirSync(join(here.path, 'outside')), []);
        const again = await here.runTo(0, ['transfer', ...words]);
        assert.deepEqual([again.summary!.movedBytes, newOf(again)], [0, []]);
      });
