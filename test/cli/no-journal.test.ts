import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { errorOf, type Far, far, ways } from '../far/ground.ts';
import { needs } from '../peer.ts';
import { mounted } from '../survive/ground.ts';

// Nothing is made for a run that cannot be remembered, as there is no room for its Journal.

type Case = readonly [words: readonly string[], endsOf: (here: Far) => readonly string[]];

const cases: Readonly<Record<string, Case>> = {
  'on one machine': [[], ({ source, dest }) => [source, dest]],
  'of one file on one machine': [[], ({ source, dest }) => [join(source, 'file'), `${dest}/`]],
  'by rsync': [['--strategy', 'rsync'], ({ source, dest }) => [source, dest]],
  'to a host': [[], ways['to a host']!],
};

describe('no destination is left of a run whose state directory is full', {
  skip: needs('sshd', 'rsync', 'root'),
}, () => {
  for (const [name, [words, endsOf]] of Object.entries(cases))
    test(name, async () => {
      await using here = await far();
      fs.writeFileSync(join(here.source, 'file'), 'content');
      using small = mounted(here.state, '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs');
      assert.throws(() => fs.writeFileSync(join(small.path, 'ballast'), Buffer.alloc(100_000)), {
        code: 'ENOSPC',
      });
      const ended = await here.runTo(1, ['transfer', ...words, ...endsOf(here)]);
      assert.equal(errorOf(ended).kind, 'full');
      assert.ok(!fs.existsSync(here.dest));
    });
});
