import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { shell } from '../engine/run.ts';
import { needs } from '../peer.ts';
import { farWith } from './attributed.ts';
import { differences } from './ground.ts';

// What is asked of a host about attributes is too much for once, or ends in the middle. rsync judges.

const skip = needs('sshd', 'rsync', 'setfattr', 'setfacl');

test('more than 16 MiB of attributes come from a host', { skip }, async () => {
  await using here = await farWith({
    getfattr: 'cd "$(dirname "$0")" && echo >>count; cd "$OLDPWD"; exec /usr/bin/getfattr "$@"',
  });
  await shell(
    here.source,
    `for i in $(seq 200); do echo $i >$i; done; touch -d @1000 * .; cp -a . ../to
    setfattr -n user.long -v "$(head -c 50000 /dev/zero | tr '\\0' x)" *; setfattr -n user.last -v 1 200`,
  );
  const { summary } = await here.runTo(0, ['transfer', '--checksum', here.url(here.source), here.dest]);
  assert.equal(summary!.tally.repaired, 200);
  assert.deepEqual(differences(here.source, here.dest), []);
  assert.ok(fs.statSync(join(here.tools, 'count')).size > 200); // one by one
});

test('a run that is killed before a directory has its default ACL again does it again', {
  skip,
}, async () => {
  await using here = await farWith({
    setfattr: 'exit 127',
    setfacl: `/usr/bin/setfacl "$@"; [ "$1" = -b ] || exit
cd "\${0%/*}"; >met; while [ ! -e go ]; do sleep 0.1; done`,
  });
  await shell(
    here.source,
    'mkdir dir; echo one >dir/one; setfacl -m u:9:rwx,d:u:9:r-x dir; touch -d @1000 dir/one dir',
  );
  const words = ['transfer', here.source, here.url(here.dest)];
  await here.runTo(0, words);
  await shell(here.source, 'setfacl -b dir; setfacl -m d:u:9:r-x dir');
  const running = here.start(words);
  while (!fs.existsSync(join(here.tools, 'met'))) await wait(20);
  running.child.kill('SIGKILL');
  await running.ended;
  fs.writeFileSync(join(here.tools, 'go'), '');
  assert.doesNotMatch(await shell(here.dest, 'getfacl -cn dir'), /default:user:9/);
  const { summary } = await here.runTo(0, words);
  assert.equal(summary!.tally.repaired, 1);
  assert.deepEqual(differences(here.source, here.dest), []);
});
