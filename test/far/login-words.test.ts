import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { differences, far, ways } from './ground.ts';

const skip = needs('sshd', 'rsync', 'root');

/** A host whose login files have words for every tar that runs there. */
const wordsForTar = `TAR_OPTIONS='--exclude=*.o --no-same-owner --touch --no-recursion'`;

for (const [title, way] of Object.entries(ways))
  test(`what TAR_OPTIONS says on a host changes nothing ${title}`, { skip }, async () => {
    await using here = await far({
      options: [`ForceCommand exec env ${wordsForTar} sh -c "$SSH_ORIGINAL_COMMAND"`],
    });
    fs.mkdirSync(join(here.source, 'd'));
    for (const name of ['a.o', 'b', 'd/c.o', 'd/e']) fs.writeFileSync(join(here.source, name), name);
    fs.chownSync(join(here.source, 'b'), 1234, 5678);
    for (const name of ['b', 'd/c.o', 'd', '']) fs.utimesSync(join(here.source, name), 1e9, 1e9);
    const [source, dest] = way(here);
    await here.runTo(0, ['transfer', source, dest]);
    assert.deepEqual(differences(here.source, here.dest), []);
  });
