import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { failures } from '../survive/program.ts';
import { differences, type Far, far } from './ground.ts';
import { ordinary } from './tree.ts';

// One file in a thousand that the far user, who is no root, may not read or replace.

const as = 'setpriv --reuid=65534 --regid=65534 --clear-groups';
const asNobody = `ForceCommand exec ${as} sh -c "$SSH_ORIGINAL_COMMAND"`;
const skip = needs('sshd', 'rsync', 'root', 'setpriv');

const ways: Readonly<Record<string, (here: Far) => readonly [source: string, dest: string]>> = {
  'from a host': ({ source, dest, url }) => [url(source), dest],
  'from host to host': ({ source, dest, url }) => [url(source), url(dest)],
};

describe('of a thousand files, one that may not be read', { skip, concurrency: 2 }, () => {
  for (const [name, endsOf] of Object.entries(ways))
    for (const strategy of ['tar', 'rsync'].slice(0, name === 'from a host' ? 2 : 1))
      test(`is named by ${strategy} ${name}, the others arrive, and the exit code is 3`, async () => {
        await using here = await far({ options: [asNobody] });
        ordinary(here.source, { files: 1000 });
        fs.chmodSync(join(here.source, 'd3/f28'), 0);
        fs.mkdirSync(here.dest, { mode: 0o777 });
        fs.chmodSync(here.dest, 0o777);
        const words = ['transfer', '--strategy', strategy, ...endsOf(here)];
        const ended = await here.runTo(3, words);
        assert.deepEqual([...failures(ended).keys()], ['d3/f28']);
        assert.match(failures(ended).get('d3/f28')!, /^denied: /);
        assert.equal(ended.summary!.tally.copied, 999);
        assert.deepEqual(
          differences(here.source, here.dest).filter((line) => !line.startsWith('.')), // owners stay his
          ['>f+++++++++ d3/f28'],
        );
      });
});

test("what goes into a far directory that is not the user's is named, and the others arrive", {
  skip,
}, async () => {
  await using here = await far({ options: [asNobody] });
  ordinary(here.source, { files: 500 });
  fs.mkdirSync(join(here.dest, 'd3'), { recursive: true });
  fs.writeFileSync(join(here.dest, 'd3/f28'), 'old');
  fs.chownSync(here.dest, 65534, 65534);
  const ended = await here.runTo(3, ['transfer', '--strategy', 'tar', here.source, here.url(here.dest)]);
  const failed = failures(ended);
  assert.deepEqual(
    [...failed.keys()].sort(),
    fs
      .readdirSync(join(here.source, 'd3'))
      .map((name) => `d3/${name}`)
      .sort(),
  );
  assert.ok([...failed.values()].every((why) => why.startsWith('denied: cannot write root@')));
  assert.deepEqual(fs.readdirSync(join(here.dest, 'd3')), ['f28']);
  assert.equal(fs.readFileSync(join(here.dest, 'd3/f28'), 'utf8'), 'old');
  assert.equal(ended.summary!.tally.copied, 480);
});
