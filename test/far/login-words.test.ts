import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { differences, far, ways } from './ground.ts';

const skip = needs('sshd', 'rsync', 'root');

/** What login files may have for every program that runs there; a find that sees such a block size ends at once. */
const words = {
  TAR_OPTIONS: '--exclude=*.o --no-same-owner --touch --no-recursion',
  FIND_BLOCK_SIZE: '1M',
};

const cases = Object.keys(ways).flatMap((title) => Object.entries(words).map((word) => ({ title, word })));

for (const { title, word } of cases)
  test(`what ${word[0]} says on a host changes nothing ${title}`, { skip }, async () => {
    await using here = await far({
      options: [`ForceCommand exec env ${word[0]}='${word[1]}' sh -c "$SSH_ORIGINAL_COMMAND"`],
    });
    fs.mkdirSync(join(here.source, 'd'));
    for (const name of ['a.o', 'b', 'd/c.o', 'd/e']) fs.writeFileSync(join(here.source, name), name);
    fs.linkSync(join(here.source, 'b'), join(here.source, 'd/of b'));
    fs.chownSync(join(here.source, 'b'), 1234, 5678);
    for (const name of ['b', 'd/c.o', 'd', '']) fs.utimesSync(join(here.source, name), 1e9, 1e9);
    const [source, dest] = ways[title]!(here);
    const { said } = await here.runTo(0, ['transfer', source, dest]);
    assert.deepEqual(
      said.filter(({ type }) => type === 'warning'),
      [],
    );
    assert.deepEqual(differences(here.source, here.dest), []);
    const [one, other] = ['b', 'd/of b'].map((name) => fs.statSync(join(here.dest, name)).ino);
    assert.equal(one, other);
  });
