import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { configure } from '../ssh/sshd.ts';
import { assertSame } from '../survive/program.ts';
import { errorOf, type Far, far, startsAtHome } from './ground.ts';
import { ordinary } from './tree.ts';

// Places as people write them: a file or a tree, to a name or into a directory, from home or from the top.

const skip = needs('sshd', 'rsync');

/** What is below a directory, by name, and what is in it. */
function contents(root: string): Record<string, string> {
  const names = fs.readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => fs.statSync(join(root, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, fs.readFileSync(join(root, name), 'utf8')]));
}

for (const [way, place] of [
  ['to a host', ({ url }: Far, path: string, isSource: boolean) => (isSource ? path : url(path))],
  ['from a host', ({ url }: Far, path: string, isSource: boolean) => (isSource ? url(path) : path)],
] as const) {
  test(`one file ${way}: to a name, over a file, into a directory, into a new one`, { skip }, async () => {
    await using here = await far();
    const to = here.dest;
    const file = join(here.source, 'file');
    fs.writeFileSync(file, 'content');
    for (const dir of [to, join(to, 'dir')]) fs.mkdirSync(dir);
    for (const name of ['other', 'dir/other']) fs.writeFileSync(join(to, name), 'old');
    for (const name of ['name', 'other', 'dir', 'new/']) {
      const ends = [place(here, file, true), place(here, join(to, name), false)];
      const { summary } = await here.runTo(0, ['transfer', ...ends]);
      assert.equal(summary!.tally.copied, 1, name);
    }
    assert.deepEqual(contents(to), {
      'dir/file': 'content',
      'dir/other': 'old',
      name: 'content',
      'new/file': 'content',
      other: 'content',
    });
    const inTree = [place(here, here.source, true), place(here, join(to, 'name'), false)];
    const { message } = errorOf(await here.runTo(2, ['transfer', ...inTree]));
    assert.match(message, /name is (not a|no) directory/);
  });

  test(`a source that is not there, ${way}`, { skip }, async () => {
    await using here = await far();
    for (const verb of ['transfer', 'verify']) {
      const ends = [place(here, join(here.source, 'none'), true), place(here, here.dest, false)];
      const { stderr } = await here.runTo(2, [verb, ...ends]);
      assert.match(stderr, /^difpipe: there is no \S+\/from\/none\n$/);
    }
    assert.equal(fs.existsSync(here.dest), false);
  });
}

test('relative paths, ~ and the names of ~/.ssh/config begin at home', { skip }, async () => {
  await using here = await far({ options: [startsAtHome] });
  ordinary(here.source, { files: 5 });
  configure(here.server, 'Host nearby', 'HostName 127.0.0.1', `Port ${here.server.port}`);
  const { home } = here.server;
  const places = {
    'root@nearby:relative/path': 'relative/path',
    'root@nearby:~/tilde': 'tilde',
    'ssh://nearby/~/url': 'url',
    'sftp://root@nearby/~/sftp': 'sftp',
    'root@nearby:./dot/../dots': 'dots',
    [`nearby:${home}/alone`]: 'alone',
    'nearby:bare': 'bare',
  };
  for (const dir of ['relative', 'dot']) fs.mkdirSync(join(home, dir));
  for (const [word, at] of Object.entries(places)) {
    await here.runTo(0, ['transfer', here.source, word]);
    assertSame(here.source, join(home, at));
  }
  const listed = await here.runTo(0, ['ls', 'root@nearby:']);
  const names = listed.said.map(({ path }) => path);
  assert.ok(['relative', 'tilde', 'url', 'sftp', '.ssh'].every((name) => names.includes(name)));
  const { tally } = (await here.runTo(0, ['transfer', 'root@nearby:tilde', here.url(join(home, 'url'))]))
    .summary!;
  assert.equal(tally.copied, 0);
});

test('a place within the other, or the same, is refused', { skip }, async () => {
  await using here = await far();
  ordinary(here.source, { files: 5 });
  for (const at of [here.source, `${here.source}/d1`, `${here.source}/new`]) {
    const { message } = errorOf(await here.run(['transfer', here.url(here.source), here.url(at)]));
    assert.match(
      message,
      /^(source and destination are both|the destination is inside the source|.* is inside) [\x20-\x7e]*$/,
    );
  }
});

test('--strategy tar says that it is --no-preserve that it does not go with', { skip }, async () => {
  await using here = await far();
  const { message, hint } = errorOf(
    await here.run([
      'transfer',
      '--strategy',
      'tar',
      '--no-preserve',
      'hardlinks',
      here.url(here.source),
      here.dest,
    ]),
  );
  assert.match(message, /the tar of a host keeps hard links/);
  assert.match(hint, /leave --no-preserve hardlinks away/);
});

test('a host that is written in two ways is one, and a tree there does not go into itself', {
  skip,
}, async () => {
  await using here = await far();
  const { user, host, port } = here.server.place();
  configure(here.server, 'Host other', `HostName ${host}`, `Port ${port}`, `User ${user}`);
  fs.mkdirSync(join(here.source, 'dir'));
  for (const [dest, message] of [
    [`other:${here.source}/new`, /from\/new is inside .*\/from: it would be copied into itself/],
    [`other:${here.source}`, /source and destination are both/],
  ] as const)
    assert.match(errorOf(await here.runTo(5, ['transfer', here.url(here.source), dest])).message, message);
  assert.deepEqual(contents(here.source), {});
  await here.runTo(0, ['transfer', here.url(here.source), `other:${here.dest}`]);
});
