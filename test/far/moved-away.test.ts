import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { assertStatus, warnings } from '../survive/program.ts';
import { MiB } from '../trees.ts';
import { differences, type Far, far, ways } from './ground.ts';

// Somebody moves the destination away while a run writes to it, and so what it is asked for is not where it was asked for.

const said = /^the destination is not the directory any more that this run wrote to$/m;

const ends: Readonly<Record<string, (here: Far) => readonly string[]>> = {
  'on one machine': ({ source, dest }) => [source, dest],
  'from a host': (here) => ways['from a host']!(here),
};

describe('a destination that is moved away is not done, and the run that goes on does all', {
  skip: needs('sshd', 'rsync'),
  concurrency: 2,
}, () => {
  for (const [name, endsOf] of Object.entries(ends))
    test(name, async () => {
      await using here = await far();
      fs.mkdirSync(here.dest);
      fs.writeFileSync(join(here.source, 'large'), Buffer.alloc(9 * MiB, 'x'));
      fs.writeFileSync(join(here.source, 'small'), 'small');
      const running = here.start(['transfer', '--bwlimit', '4M', ...endsOf(here)]);
      await running.next('progress', ({ bytes }) => Number(bytes) > MiB);
      fs.renameSync(here.dest, join(here.path, 'elsewhere'));
      const ended = await running.ended;
      assertStatus(1, ended);
      assert.match(warnings(ended).join('\n'), said);
      await here.runTo(0, ['runs', 'resume']);
      assert.deepEqual(differences(here.source, here.dest), []);
    });
});

type Taking = (here: Far) => void;

const directory: Taking = ({ dest }) => fs.mkdirSync(dest);
const symlink: Taking = ({ dest, path }) => {
  fs.mkdirSync(join(path, 'other'));
  fs.symlinkSync('other', dest);
};

const farEnds: readonly (readonly [way: string, strategy: string, what: string, take: Taking])[] = [
  ['to a host', 'auto', 'another directory', directory],
  ['to a host', 'auto', 'a symlink', symlink],
  ['from host to host', 'auto', 'another directory', directory],
  ['to a host', 'rsync', 'another directory', directory],
];

describe('a destination on a host whose place is taken meanwhile is not done, and the run that goes on does all', {
  skip: needs('sshd', 'rsync'),
  concurrency: 2,
}, () => {
  for (const [name, strategy, what, take] of farEnds)
    test(`${name}, by ${strategy}, by ${what}`, async () => {
      await using here = await far();
      fs.mkdirSync(here.dest);
      for (const file of ['a', 'b']) fs.writeFileSync(join(here.source, file), Buffer.alloc(6 * MiB, file));
      fs.writeFileSync(join(here.source, 'small'), 'small');
      const words = ['transfer', '--strategy', strategy, '--bwlimit', '4M', ...ways[name]!(here)];
      const running = here.start(words);
      await running.next('progress', ({ bytes }) => Number(bytes) > MiB);
      fs.renameSync(here.dest, join(here.path, 'elsewhere'));
      take(here);
      const isLink = fs.lstatSync(here.dest).isSymbolicLink();
      const ended = await running.ended;
      assert.ok(ended.status === 1 || ended.status === 3, String(ended.status)); // some may miss what they began
      if (ended.status === 1) assert.match(warnings(ended).join('\n'), said);
      if (isLink) fs.unlinkSync(here.dest); // behind it is another route
      if (isLink) fs.renameSync(join(here.path, 'elsewhere'), here.dest);
      await here.runTo(0, ended.status === 1 ? ['runs', 'resume'] : words);
      assert.deepEqual(differences(here.source, here.dest), []);
    });
});
