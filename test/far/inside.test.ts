import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { mounted } from '../survive/ground.ts';
import { errorOf, type Far, far } from './ground.ts';

// A host that is this machine, which neither its name nor its key tells.

const ends: Readonly<Record<string, (here: Far, from: string, to: string) => readonly [string, string]>> = {
  'to a host': ({ url }, from, to) => [from, url(to)],
  'from a host': ({ url }, from, to) => [url(from), to],
};

function filled({ source }: Far): void {
  fs.mkdirSync(join(source, 'sub'));
  for (const file of ['a', 'sub/b']) fs.writeFileSync(join(source, file), file);
}

describe('where a host is this machine', { skip: needs('sshd', 'rsync'), concurrency: 2 }, () => {
  for (const [way, typed] of Object.entries(ends))
    for (const strategy of ['auto', 'parallel', 'rsync'])
      for (const to of ['', 'sub', 'new'])
        test(`${way} by ${strategy} a tree does not go into its own ${to || 'place'}`, async () => {
          await using here = await far();
          filled(here);
          const [source, dest] = typed(here, here.source, join(here.source, to));
          const ended = await here.runTo(5, ['transfer', '--strategy', strategy, source, dest]);
          assert.match(
            errorOf(ended).message,
            to ? /is inside .*: it would be copied into itself/ : /are both/,
          );
          assert.deepEqual(fs.readdirSync(here.source, { recursive: true }).sort(), ['a', 'sub', 'sub/b']);
        });

  test('a file does not go over itself, and goes beside itself', async () => {
    await using here = await far();
    filled(here);
    const file = join(here.source, 'a');
    const ended = await here.runTo(5, ['transfer', file, here.url(file)]);
    assert.match(errorOf(ended).message, /are both/);
    await here.runTo(0, ['transfer', file, here.url(join(here.source, 'c'))]);
    assert.equal(fs.readFileSync(join(here.source, 'c'), 'utf8'), 'a');
  });

  test('a tree goes beside itself, and a part of it to where all of it is', async () => {
    await using here = await far();
    filled(here);
    await here.runTo(0, ['transfer', here.source, here.url(here.dest)]);
    await here.runTo(0, ['transfer', here.url(join(here.source, 'sub')), here.source]);
    assert.deepEqual(fs.readdirSync(here.source).sort(), ['a', 'b', 'sub']);
  });
});

test('a tree does not go into itself by another way that a bind mount makes of it', {
  skip: needs('sshd', 'root'),
}, async () => {
  await using here = await far();
  filled(here);
  using other = mounted(join(here.path, 'other'), '--bind', here.source);
  const ended = await here.runTo(5, ['transfer', here.source, here.url(join(other.path, 'sub/new'))]);
  assert.match(errorOf(ended).message, /is inside/);
  assert.deepEqual(fs.readdirSync(join(here.source, 'sub')), ['b']);
});
