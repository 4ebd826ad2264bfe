import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shell } from '../engine/run.ts';
import { needs } from '../peer.ts';
import { far } from './ground.ts';

// SFTP carries no extended attributes; a run says so of what it writes and has some. Of what is there already it looks at none.

test('a large file that goes to a host without its extended attributes is counted, and nothing else is said the first time', {
  skip: needs('sshd', 'setfattr'),
}, async () => {
  await using here = await far();
  await shell(
    here.source,
    'head -c 20000000 /dev/zero >large; echo small >small; touch -d @1000 large small',
  );
  const ends = [here.source, here.url(here.dest)];
  const { summary, said } = await here.runTo(0, ['transfer', ...ends]);
  assert.deepEqual(summary!.notices, {});
  assert.equal(
    said.find(({ type }) => type === 'warning'),
    undefined,
  );
  await shell(
    here.source,
    'for name in large small; do cp -p $name $name.too; setfattr -n user.kept $name.too; done',
  );
  const again = await here.runTo(0, ['transfer', ...ends]);
  assert.equal(again.summary!.tally.copied, 2);
  assert.deepEqual(again.summary!.notices, { xattr: 1 });
  const warned = again.said.find(({ type }) => type === 'warning');
  assert.match(
    String(warned?.message),
    /^extended attributes and .* lists, where nothing else changed, are not/,
  );
});
