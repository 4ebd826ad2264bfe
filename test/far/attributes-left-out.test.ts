import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shell } from '../engine/run.ts';
import { needs } from '../peer.ts';
import { far, ways } from './ground.ts';

// Batches carry what was asked for, and no more.

const make = `
  mkdir -p d/e; echo a >a; echo b >d/b; ln -s a l; for name in a d d/b d/e .; do setfattr -n user.k -v 1 $name; done
  setfacl -m u:7:r a; setfacl -m u:7:rx d . ; setfacl -d -m u:7:rx d/e`;
const found = `getfattr -Rhd -m - . 2>/dev/null | grep -v '^$' | sort; getfacl -R . | grep 7: | sort`;

describe('what is not to be kept of attributes and ACLs stays at the source', {
  skip: needs('sshd', 'setfattr', 'setfacl', 'getfattr'),
  concurrency: 3,
}, () => {
  for (const [way, endsOf] of Object.entries(ways))
    test(way, async () => {
      await using here = await far();
      await shell(here.source, make);
      const words = ['transfer', '--no-preserve', 'xattrs,acls', ...endsOf(here)];
      const first = await here.runTo(0, words);
      assert.equal(first.summary!.tally.copied, 2);
      assert.equal(await shell(here.dest, found), '');
      await shell(here.source, 'echo more >>d/b; echo new >d/e/new; setfattr -n user.k d/e/new');
      await here.runTo(0, words);
      assert.equal(await shell(here.dest, found), '');
    });
});
