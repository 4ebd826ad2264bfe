import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shell } from '../engine/run.ts';
import { needs } from '../peer.ts';
import { warnings } from '../survive/program.ts';
import { far, ways } from './ground.ts';

// Where times are not kept, a kill would leave no trace of what a large file lacks: its attributes do not go, which is said.

const make = `
  head -c 3145728 /dev/zero >large; echo a >a; echo b >b
  for name in a large; do setfattr -n user.k -v 1 $name; done`;
const found = `getfattr -Rhd -m - . 2>/dev/null | grep -v '^$'`;

describe('with --no-preserve times a run says which attributes do not go', {
  skip: needs('sshd', 'setfattr', 'getfattr'),
  concurrency: 3,
}, () => {
  for (const [way, endsOf] of Object.entries(ways))
    test(way, async () => {
      await using here = await far();
      await shell(here.source, make);
      const ran = await here.runTo(0, ['transfer', '--no-preserve', 'times', ...endsOf(here)]);
      assert.match(warnings(ran).join('\n'), /^extended attributes .*of large files.* are not carried/);
      assert.deepEqual(ran.summary!.notices, {});
      assert.equal(await shell(here.dest, found), '# file: a\nuser.k="1"\n');
    });
});
