import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { assertStatus } from '../survive/program.ts';
import { MiB } from '../trees.ts';
import { differences, type Far, far, ways } from './ground.ts';

// Somebody moves the destination away while a run writes to it, and so what it is asked for is not where it was asked for.

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
      const warned = ended.said.filter(({ type }) => type === 'warning').map(({ message }) => message);
      assert.match(
        warned.join('\n'),
        /^the destination is not the directory any more that this run wrote to$/m,
      );
      await here.runTo(0, ['runs', 'resume']);
      assert.deepEqual(differences(here.source, here.dest), []);
    });
});
