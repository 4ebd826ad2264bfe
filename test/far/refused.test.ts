/** What is refused makes no destination. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { type Far, far, ways } from './ground.ts';
import { ordinary } from './tree.ts';

const skip = needs('sshd', 'rsync', 'root');

type Refused = readonly [way: string, words: readonly string[], said: RegExp];

const refusals: readonly Refused[] = [
  ['from a host', ['--strategy', 'tar', '--no-preserve', 'hardlinks'], /the tar of a host keeps hard links/],
  ['from host to host', ['--strategy', 'tar', '--no-preserve', 'hardlinks'], /keeps hard links/],
  ['to a host', ['--strategy', 'parallel', '--compress', 'zstd'], /--compress zstd is for batches/],
  ['from host to host', ['--strategy', 'rsync'], /rsync does not copy from one remote place to another/],
];

async function assertRefused(here: Far, [way, words, said]: Refused): Promise<void> {
  ordinary(here.source, { files: 3 });
  const { stderr } = await here.runTo(2, ['transfer', ...words, ...ways[way]!(here)]);
  assert.match(stderr, said);
  assert.equal(fs.existsSync(here.dest), false);
}

for (const refused of refusals)
  test(`${refused[1].join(' ')} ${refused[0]} is refused and makes no destination`, { skip }, async () => {
    await using here = await far();
    await assertRefused(here, refused);
  });

for (const strategy of ['rsync', 'tar'])
  test(`--strategy ${strategy} to a host that has no such program makes no destination`, {
    skip,
  }, async () => {
    await using here = await far({ options: ['SetEnv PATH=/nowhere'] });
    await assertRefused(here, ['to a host', ['--strategy', strategy], /cannot|rsync/]);
  });

test('what is refused leaves a destination that was there', { skip }, async () => {
  await using here = await far();
  fs.mkdirSync(here.dest);
  const ends = ways['from a host']!(here);
  await here.runTo(2, ['transfer', '--strategy', 'tar', '--no-preserve', 'hardlinks', ...ends]);
  assert.deepEqual(fs.readdirSync(here.dest), []);
});
