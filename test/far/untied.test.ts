import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { differences, far, ways } from './ground.ts';

// One file under two names becomes two entries: replacing one of them changes the other, and nobody else did.

const count = 6;

describe('names that were of one file', { skip: needs('sshd', 'rsync'), concurrency: 2 }, () => {
  for (const [name, endsOf] of Object.entries(ways))
    test(`and are of one each now: they go ${name}`, async () => {
      await using here = await far();
      const at = (letter: string, i: number) => join(here.source, `${letter}${i}`);
      for (let i = 0; i < count; i++) {
        fs.writeFileSync(at('a', i), `they were one: ${i}`);
        fs.linkSync(at('a', i), at('b', i));
      }
      const ends = endsOf(here);
      await here.runTo(0, ['transfer', ...ends]);
      for (let i = 0; i < count; i++) {
        fs.unlinkSync(at('b', i));
        if (i % 2 === 0) fs.symlinkSync('elsewhere', at('b', i));
        else fs.writeFileSync(at('b', i), `this one is another: ${i}`);
        if (i % 3 === 0) fs.appendFileSync(at('a', i), ', and changed');
        if (i % 3 === 1) fs.utimesSync(at('a', i), 1e9, 1e9);
      }
      const { summary } = await here.runTo(0, ['transfer', ...ends]);
      assert.equal(summary!.notices.times, undefined);
      assert.deepEqual(differences(here.source, here.dest), []);
    });
});
