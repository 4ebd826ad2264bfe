// A directory of a host that gives ACLs to what is made in it gives none to what comes from a source without.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { shell } from '../engine/run.ts';
import { needs } from '../peer.ts';
import { differences, far, ways } from './ground.ts';

const giving = 'setfacl -d -m u:1234:rwx,o::-';
const tree = `mkdir -p d/e; echo small >d/e/small; head -c 1100000 /dev/urandom | tee d/large d/e/large >large
  ln d/large d/again; touch -d @1000 d/e/* d/e d/* d * .`;
const { 'from a host': _, ...there } = ways;

describe('what comes to a host has no ACL of the directory above it', {
  skip: needs('sshd', 'rsync', 'setfacl'),
  concurrency: 2,
}, () => {
  for (const [way, ends] of Object.entries(there)) {
    test(`${way}, to a new place`, async () => {
      await using here = await far();
      await shell(here.source, tree);
      const above = join(here.path, 'above');
      await shell(here.path, `mkdir above; ${giving} above`);
      const moved = { ...here, dest: join(above, 'to') };
      await here.runTo(0, ['transfer', ...ends(moved)]);
      assert.deepEqual(differences(here.source, moved.dest), []);
    });

    test(`${way}, to directories that are there`, async () => {
      await using here = await far();
      await shell(here.source, tree);
      await shell(here.path, `mkdir -p to/d/e; ${giving} to to/d to/d/e`);
      await here.runTo(0, ['transfer', ...ends(here)]);
      const left = differences(here.source, here.dest).filter((line) => !line.startsWith('.d'));
      assert.deepEqual(left, []); // only what the directories had before
    });

    test(`${way}, to a new place, which keeps its ACL where those of the source are left out`, async () => {
      await using here = await far();
      await shell(here.source, tree);
      await shell(here.path, `mkdir above; ${giving} above`);
      const moved = { ...here, dest: join(here.path, 'above/to') };
      await here.runTo(0, ['transfer', '--no-preserve', 'acls', ...ends(moved)]);
      await shell(moved.dest, 'getfacl -c . | grep default:user:1234:rwx');
    });

    test(`${way}, as one file`, async () => {
      await using here = await far();
      await shell(here.path, `${giving} .; head -c 1100000 /dev/urandom >from/one; mkdir to`);
      const [source, dest] = ends(here);
      await here.runTo(0, ['transfer', `${source}/one`, `${dest}/`]);
      await shell(here.path, 'setfacl -Rbk from; setfacl -bk to; chmod 755 from to; touch -r from to');
      assert.deepEqual(differences(here.source, here.dest), []);
      assert.ok(fs.existsSync(join(here.dest, 'one')));
    });
  }
});
