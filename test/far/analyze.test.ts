import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { far } from './ground.ts';
import { ordinary } from './tree.ts';

const skip = needs('sshd');

type Line = { readonly end: string; readonly bytesPerSecond: number; readonly severalBytesPerSecond: number };
type Analysis = { readonly route: { readonly lines: readonly (Line & { readonly tools: string[] })[] } };

for (const isBack of [false, true]) {
  test(`analyze measures the line ${isBack ? 'from' : 'to'} a host, and says what is there`, {
    skip,
  }, async () => {
    await using here = await far();
    ordinary(here.source, { files: 5 });
    const ends = isBack ? [here.url(here.source), here.dest] : [here.source, here.url(here.dest)];
    const { said } = await here.runTo(0, ['analyze', ...ends]);
    const { route } = said.find(({ type }) => type === 'analysis') as never as Analysis;
    assert.deepEqual(
      route.lines.map(({ end }) => end),
      [isBack ? 'source' : 'dest'],
    );
    const [line] = route.lines;
    assert.ok(line!.bytesPerSecond > 0 && line!.severalBytesPerSecond > 0);
    assert.ok(line!.tools.includes('tar'));
  });
}

test('analyze says nothing of a host that runs no programs for us', { skip }, async () => {
  await using here = await far({ options: ['ForceCommand internal-sftp'] });
  ordinary(here.source, { files: 5 });
  const { said } = await here.runTo(0, ['analyze', here.source, here.url(here.dest)]);
  const { route } = said.find(({ type }) => type === 'analysis') as never as Analysis;
  assert.deepEqual(route.lines, []);
});
