import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { far } from '../far/ground.ts';
import { needs } from '../peer.ts';
import { bucket, s3Ground } from '../s3/ground.ts';
import { type How, run, runTo } from '../survive/program.ts';
import { difpipe, directory } from './difpipe.ts';
import { names, tree } from './trees.ts';

// A home is saved each night by its own user, with the state directory where it is by default.

const below = '.local/state/difpipe';
const content = { 'sub/kept': 'k', [`${below}/not ours`]: 'n' };
const ours = ['manifests', 'routes', 'uploads'];

type Night = { readonly source: string; readonly words: readonly string[]; readonly how?: How };

async function assertNights({ source, words, how }: Night): Promise<void> {
  const state = join(source, below);
  for (const moved of [2, 0]) {
    const { summary, said } = await runTo(0, state, ['transfer', '--verify', ...words], how);
    assert.deepEqual([summary?.tally.copied, summary?.notices], [moved, { excluded: 1 }]);
    const warning = `what difpipe keeps about its runs in ${state} is left out`;
    assert.equal(said.filter(({ message }) => message === warning).length, 1);
  }
}

describe('a state directory below the source is left out, of each run and of what is compared', () => {
  for (const strategy of ['auto', 'rsync'])
    test(`with --strategy ${strategy} on one machine`, { skip: needs('rsync') }, async () => {
      const here = directory();
      const [source, dest] = [tree(join(here, 'from'), content), join(here, 'to')];
      await assertNights({ source, words: ['--strategy', strategy, source, dest] });
      assert.deepEqual(names(join(dest, below)), ['not ours']);
      for (const words of [
        ['verify', source, dest],
        ['verify', '--one-way', dest, source],
      ])
        await runTo(0, join(source, below), words);
    });

  test('to a host', { skip: needs('sshd') }, async () => {
    await using there = await far();
    const { env, source, dest } = there;
    tree(source, content);
    await assertNights({ source, words: [source, there.url(dest)], how: { env } });
    assert.deepEqual(names(join(dest, below)), ['not ours']);
  });

  test('to a bucket', { skip: needs('versitygw') }, async () => {
    await using there = await s3Ground();
    const { env, source } = there;
    tree(source, content);
    await assertNights({ source, words: [source, `s3://${bucket}/home/`], how: { env } });
    const stored = names(join(there.server.path, bucket, 'home', below));
    assert.deepEqual(stored, ['not ours']);
  });
});

test('a state directory that is the source, or behind a symlink, and has an odd name, is left out too', async () => {
  const here = directory();
  const source = tree(join(here, 'from'), { 'a[b]*\\c?/x': 'x', '!': '!' });
  const rules = join(here, 'rules');
  fs.writeFileSync(rules, '!\n+ routes\n');
  fs.symlinkSync(source, join(here, 'link'));
  for (const [state, most] of [
    ['from', 2],
    ['link/a[b]*\\c?', 2],
  ] as const) {
    const words = ['transfer', '--verify', '--filter-from', rules, source, join(here, `to ${state.length}`)];
    const { summary } = await runTo(0, join(here, state), words);
    assert.equal(summary?.tally.copied, most);
    fs.rmSync(join(here, state, 'routes'), { recursive: true });
  }
});

test('a state directory below the source is in no list, counts for nothing, and a dry run leaves it out', () => {
  const here = directory();
  const source = tree(join(here, 'from'), content);
  const env = { DIFPIPE_STATE_DIR: join(source, below) };
  for (const words of [
    ['transfer', '--quiet', source, join(here, 'to')],
    ['split', source, '--parts', '1', '--out', join(here, 'lists')],
  ])
    assert.equal(difpipe(words, { env }).status, 0);
  const lists = fs.readdirSync(join(here, 'lists'));
  const listed = fs.readFileSync(join(here, 'lists', lists[0]!), 'utf8');
  assert.deepEqual(listed.trimEnd().split('\n').sort(), [`${below}/not ours`, 'sub/kept']);
  const dry = difpipe(['transfer', '-n', source, join(here, 'to')], { env });
  assert.match(dry.stderr, /would move 0 files/);
  assert.match(difpipe(['analyze', source], { env }).stdout, /^ *2 files/m);
});

test('what is no state of ours is left out by nobody', async () => {
  const here = directory();
  const source = tree(join(here, 'from'), Object.fromEntries(ours.map((name) => [`${name}/x`, 'x'])));
  const { summary, said } = await run(join(here, 'state'), ['transfer', source, join(here, 'to')]);
  assert.deepEqual([summary?.tally.copied, said.filter(({ type }) => type === 'warning')], [3, []]);
});

test('verify leaves out the state directory that a flag names', () => {
  const here = directory();
  const [source, dest] = [tree(join(here, 'from'), { kept: 'k' }), join(here, 'to')];
  const state = ['--state-dir', join(source, 'state')];
  assert.equal(difpipe(['transfer', ...state, source, dest]).status, 0);
  const { status, stderr } = difpipe(['verify', ...state, source, dest]);
  assert.equal(status, 0, stderr);
});
