import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { differences, far, ways } from './ground.ts';

// SFTP tells times by the second. What changes a moment after it was copied has to go all the same.

/** One with others, one alone; the content keeps its size. */
const names = { small: 100, large: 3 * 2 ** 20 };

function write(root: string, letter: string, which: readonly (keyof typeof names)[], seconds: number): void {
  for (const name of which) {
    fs.writeFileSync(join(root, name), Buffer.alloc(names[name], letter));
    fs.utimesSync(join(root, name), seconds, seconds);
  }
}

const cases = [
  ['in the next second', 1e9 + 0.9, 1e9 + 1.1, ['small', 'large']],
  ['within the second', 2e9 + 0.1, 2e9 + 0.15, ['small']],
] as const;

describe('a file that changed a moment after it was copied, and kept its size', {
  skip: needs('sshd', 'rsync'),
  concurrency: 2,
}, () => {
  for (const [name, endsOf] of Object.entries(ways))
    test(`goes ${name} the next time`, async () => {
      await using here = await far();
      const ends = endsOf(here);
      for (const [when, before, after, which] of cases) {
        write(here.source, 'a', ['small', 'large'], before);
        await here.runTo(0, ['transfer', ...ends]);
        write(here.source, 'b', which, after);
        const { summary } = await here.runTo(0, ['transfer', ...ends]);
        assert.deepEqual(differences(here.source, here.dest), [], when);
        assert.equal(summary!.tally.copied, which.length, when);
      }
      assert.equal((await here.runTo(0, ['transfer', ...ends])).summary!.tally.copied, 0);
    });
});
