import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { shell } from '../engine/run.ts';
import { needs } from '../peer.ts';
import { farWith } from './attributed.ts';

// Whoever cannot read all attributes at the source takes none away at the destination.

const skip = needs('sshd', 'root', 'setpriv', 'setfattr', 'setfacl');

/** Root's rights without those to read what is another's, or to see what only root sees. */
const weak = ['setpriv', '--bounding-set=-all', '--inh-caps=-all'];

/** Has those rights while a file of that name is beside it. */
const weakened = (name: string) =>
  `[ -e "\${0%/*}/weak" ] && exec ${weak.join(' ')} /usr/bin/${name} "$@"; exec /usr/bin/${name} "$@"`;

const make = `
  for name in large other hidden; do head -c 1100000 /dev/zero >$name; done; echo small >small; mkdir dir
  setfattr -n user.one -v 1 large small other dir; setfattr -n trusted.one -v 1 hidden
  setfacl -m u:7:r large; chown 1234 large small; chmod 600 large small; touch -d @1000 * .`;

/** Nothing but change times, but for one file. */
const touched = `for name in *; do chown --reference=$name $name; done; setfattr -x user.one other`;

function attributesIn(dir: string): Promise<string> {
  return shell(dir, 'getfattr -d -m "^(user|trusted)" * 2>&1; getfacl -ncs large');
}

function namesOf(said: readonly Record<string, unknown>[]): unknown[] {
  return said
    .filter(({ type }) => type === 'failed')
    .map(({ path }) => path)
    .sort();
}

describe('attributes that cannot be read at the source stay at the destination', {
  skip,
  concurrency: 2,
}, () => {
  test('of a host, which is told by whom', async () => {
    await using here = await farWith({});
    await shell(here.source, make);
    const words = ['transfer', here.source, here.url(here.dest)];
    await here.runTo(0, words);
    const before = await attributesIn(here.dest);
    await shell(here.source, touched);
    const { said, summary } = await here.runTo(3, words, { under: weak });
    assert.deepEqual(namesOf(said), ['large', 'small']);
    assert.equal(summary!.tally.repaired, 1);
    assert.equal(await attributesIn(here.dest), before.replace(/# file: other\n.*\n\n/, ''));
  });

  test('of a disk here, which is counted', async () => {
    await using here = await farWith({});
    await shell(here.source, make);
    const words = ['transfer', here.source, here.dest];
    await here.runTo(0, words);
    const before = await attributesIn(here.dest);
    await shell(here.source, `${touched}; chown 0 ../to/large ../to/small`); // whoever it is can read it there
    const { summary } = await here.runTo(0, words, { under: weak });
    assert.deepEqual(summary!.notices, { owner: 2, xattr: 2 });
    assert.equal(await attributesIn(here.dest), before.replace(/# file: other\n.*\n\n/, ''));
  });

  const hosts = {
    getfattr: { getfattr: weakened('getfattr') },
    tar: { getfattr: 'exit 127', tar: weakened('tar') },
  };
  for (const [name, programs] of Object.entries(hosts))
    test(`here, of a host whose ${name} cannot`, async () => {
      await using here = await farWith(programs);
      await shell(here.source, make);
      const words = ['transfer', here.url(here.source), here.dest];
      await here.runTo(0, words);
      const before = await attributesIn(here.dest);
      await shell(here.source, touched);
      fs.writeFileSync(join(here.tools, 'weak'), '');
      const { said, summary } = await here.runTo(3, words);
      assert.deepEqual(namesOf(said), ['large', 'small']);
      assert.equal(summary!.tally.repaired, 1);
      assert.equal(await attributesIn(here.dest), before.replace(/# file: other\n.*\n\n/, ''));
    });
});
