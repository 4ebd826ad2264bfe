import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { shell } from '../engine/run.ts';
import { needs } from '../peer.ts';
import { warnings } from '../survive/program.ts';
import { farWith, make } from './attributed.ts';
import { differences, ways } from './ground.ts';

// Nothing changed but attributes and ACLs. rsync, which knows nothing of ours, judges.

const skip = needs('sshd', 'rsync', 'setfattr', 'setfacl');

const lacks = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 'exit 127']));

const change = `cd 'a dir'
  setfattr -n user.more -v 2 small; setfattr -n user.more -v 2 both; setfattr -x user.small alone
  setfacl -m u:55:r alone; setfacl -b acl; setfacl -m g:9:rwx sub; setfattr -n user.dir -v 3 .
  setfattr -n 'user.new
line=%\\
' -v 0x000aff5c25 'new
line '
  chmod 600 bare; setfacl -m u:55:rw bare`;

describe('attributes and ACLs that changed alone', { skip, concurrency: 3 }, () => {
  const hosts = { '': {}, ' without getfattr': lacks('getfattr', 'setfattr') };
  for (const [host, programs] of Object.entries(hosts))
    for (const [way, ends] of Object.entries(ways))
      test(`go ${way}${host} all the same`, async () => {
        await using here = await farWith(programs);
        await shell(here.source, make);
        const words = ['transfer', ...ends(here)];
        await here.runTo(0, words);
        await shell(here.source, change);
        const dry = await here.runTo(0, [...words, '--dry-run']);
        const next = await here.runTo(0, words);
        const { updated, repaired } = next.summary!.tally;
        assert.equal(updated + repaired, 8);
        assert.deepEqual(dry.summary!.tally, next.summary!.tally);
        assert.deepEqual(next.summary!.notices, {});
        assert.deepEqual(differences(here.source, here.dest), []);
        const again = await here.runTo(0, words);
        assert.deepEqual([again.summary!.tally.copied, again.summary!.tally.repaired], [0, 0]);
      });

  test('of many files are asked for together where there is no getfattr', async () => {
    const count = 'cd "$(dirname "$0")" && echo >>count; cd "$OLDPWD"; exec /bin/tar "$@"';
    await using here = await farWith({ ...lacks('getfattr'), tar: count });
    await shell(here.source, 'for i in $(seq 300); do echo $i >$i; done; touch -d @1000 *');
    const words = ['transfer', here.url(here.source), here.dest];
    await here.runTo(0, words);
    await shell(here.source, 'setfacl -m u:7:r *');
    fs.rmSync(join(here.tools, 'count'));
    await here.runTo(0, words);
    assert.ok(fs.statSync(join(here.tools, 'count')).size < 20);
    assert.deepEqual(differences(here.source, here.dest), []);
  });

  test('are compared where no run of ours was there before, by who wants everything compared', async () => {
    await using here = await farWith({});
    await shell(
      here.source,
      `${make}; cp -a .. ../../to; setfattr -n user.new -v 1 alone; setfacl -m g:8:r .`,
    );
    const words = ['transfer', here.source, here.url(here.dest)];
    const first = await here.runTo(0, words);
    assert.match(String(warnings(first)), /^attributes and .* are not compared by a first run$/);
    assert.deepEqual([first.summary!.tally.copied, first.summary!.tally.repaired], [0, 0]);
    const second = await here.runTo(0, [...words, '--checksum']);
    assert.deepEqual(warnings(second), []);
    assert.deepEqual([second.summary!.tally.copied, second.summary!.tally.repaired], [1, 1]);
    assert.deepEqual(differences(here.source, here.dest), []);
  });
});

describe('attributes that are gone at the source', { skip, concurrency: 3 }, () => {
  const hosts = [
    { title: 'go from a host', programs: {}, left: {} },
    { title: 'go from a host as far as it can', programs: lacks('setfattr'), left: { xattr: 3 } },
    {
      title: 'are counted where a host cannot take them away',
      programs: lacks('setfattr', 'setfacl'),
      left: { xattr: 3, acl: 2 },
    },
  ];
  for (const { title, programs, left } of hosts)
    test(title, async () => {
      await using here = await farWith(programs);
      await shell(
        here.source,
        `${make}; setfattr -n 'user.a dir =%\\
' -v 1 .; setfacl -m u:9:rwx sub .; mkdir again; setfacl -m u:9:r,d:u:9:r again`,
      );
      const words = ['transfer', here.source, here.url(here.dest)];
      await here.runTo(0, words);
      await shell(
        here.source,
        `cd 'a dir'; setfattr -x user.one xattr; setfattr -x user.one read-only; setfattr -x 'user.a dir =%\\
' .; setfacl -k sub; setfacl -b .; setfacl -x u:9 again`,
      );
      const { summary } = await here.runTo(0, words);
      assert.deepEqual(summary!.notices, left);
      if (Object.keys(left).length === 0) assert.deepEqual(differences(here.source, here.dest), []);
    });
});
