import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { far } from '../far/ground.ts';
import { web } from '../http/ground.ts';
import { needs } from '../peer.ts';
import { ground } from '../rclone/ground.ts';
import { s3Ground } from '../s3/ground.ts';
import { place } from '../survive/ground.ts';
import { type Ended, failures, strays } from '../survive/program.ts';
import { MiB } from '../trees.ts';
import { exfatAt, exfatPeers } from './exfat.ts';
import { transferOver } from './over.ts';

// A destination that knows one case, from and to places that only Stores lead to: the first of two names that it takes
// for one is kept, the others are named, and nothing is overwritten.

type Run = (status: number, words: readonly string[]) => Promise<Ended>;
type Opened = AsyncDisposable & {
  readonly source: string;
  readonly dest: string;
  readonly words: readonly string[];
  readonly runTo: Run;
};

/** Same sizes and times, so that one is easily taken for the other; and others, so that one overwrites the other. */
function fill(root: string): void {
  const files = {
    'A.txt': 'A',
    'a.txt': 'a',
    'Dir/x': 'x',
    'dir/y': 'y',
    'Docs/readme': 'short',
    'docs/readme': 'much longer',
    'Sub/in/É': '1',
    'Sub/in/é': '2',
    'Sub/plain': 'p',
    BIG: 'B'.repeat(3 << 20),
    big: 'b'.repeat(3 << 20),
  };
  for (const [path, text] of Object.entries(files)) {
    fs.mkdirSync(join(root, path, '..'), { recursive: true });
    fs.writeFileSync(join(root, path), text);
    fs.utimesSync(join(root, path), 1e9, 1e9);
  }
}

function filesIn(root: string): Map<string, string> {
  const paths = execFileSync('find', [root, '-type', 'f', '-printf', '%P\\0'], { encoding: 'utf8' });
  const named = paths.split('\0').filter((path) => path !== '');
  return new Map(named.map((path) => [path, fs.readFileSync(join(root, path), 'latin1')]));
}

/** Answers what failed. */
function assertKept(from: string, to: string, ended: Ended): string[] {
  const failed = failures(ended);
  for (const why of failed.values()) assert.match(why, /^refused: .*does not tell upper from lower case/);
  const isNamed = (path: string) => [...failed.keys()].some((name) => `${path}/`.startsWith(`${name}/`));
  const wanted = [...filesIn(from)].filter(([path]) => !isNamed(path));
  assert.deepEqual([...filesIn(to)].sort(), wanted.sort());
  assert.equal(failed.size, 5, [...failed.keys()].join());
  assert.deepEqual(strays(to), []);
  return [...failed.keys()].sort();
}

async function check({ source, dest, words, runTo }: Opened, from: string, to: string): Promise<void> {
  const whole = ['transfer', '-v', ...words, source, dest];
  const failed = assertKept(from, to, await runTo(3, whole));
  const again = await runTo(3, whole);
  assert.deepEqual(assertKept(from, to, again), failed);
  const { copied, made, repaired, skipped } = again.summary!.tally;
  assert.deepEqual([copied, made, repaired, skipped], [0, 0, 0, 6]);
}

/** Places that reach here by Stores, each holding what was filled in. */
const sources: Readonly<Record<string, (from: string) => Promise<Omit<Opened, 'dest'>>>> = {
  'a bucket': async (from) => {
    const here = await s3Ground();
    fs.cpSync(from, here.source, { recursive: true, preserveTimestamps: true });
    await here.runTo(0, ['transfer', here.source, 's3://bucket']);
    return { ...here, source: 's3://bucket', words: [] };
  },
  'a web server': async (from) => {
    const here = await web();
    fs.cpSync(from, here.server.root, { recursive: true, preserveTimestamps: true });
    return { ...here, source: here.server.url(), words: [] };
  },
  'a host, by tar': async (from) => {
    const here = await far();
    return { ...here, source: here.url(from), words: [] };
  },
  'a host, by SFTP': async (from) => {
    const here = await far();
    return { ...here, source: here.url(from), words: ['--strategy', 'parallel'] };
  },
  'a remote of rclone': async (from) => {
    const here = ground('rclone');
    fs.cpSync(from, here.disk, { recursive: true, preserveTimestamps: true });
    return { ...here, source: 'disk:', words: [] };
  },
};

const skip = needs(...exfatPeers, 'versitygw', 'nginx', 'sshd', 'rclone', 'tar');

describe('to a disk that does not tell upper from lower case', { skip }, () => {
  for (const [name, open] of Object.entries(sources))
    test(`from ${name}, the first of two names is kept, and the others are named`, async () => {
      using here = place();
      const [from, to] = [join(here.path, 'from'), join(here.path, 'to')];
      fs.mkdirSync(from);
      fill(from);
      await using opened = await open(from);
      using _mounted = await exfatAt(to);
      await check({ ...opened, dest: to }, from, to);
    });

  for (const [what, dir, strategy] of [
    ['that is there, by batches', '', 'auto'],
    ['that is new, by batches', 'new', 'tar'],
    ['that is new, by SFTP', 'new', 'parallel'],
  ] as const)
    test(`of a host, into a directory ${what}, the first of two names is kept, and the others are named`, async () => {
      await using here = await far();
      const disk = join(here.path, 'disk');
      fill(here.source);
      using _mounted = await exfatAt(disk);
      const to = join(disk, dir);
      const words = ['transfer', '--strategy', strategy, here.source, here.url(to)];
      const failed = assertKept(here.source, to, await here.runTo(3, words));
      assert.deepEqual(assertKept(here.source, to, await here.runTo(3, words)), failed);
    });

  for (const [what, dir, isListed] of [
    ['here, into a directory that is there', '', false],
    ['here, into a new directory', 'new', false],
    ['here, by a list', '', true],
    ['of a host', '', false],
    ['to a host', 'new', false],
  ] as const)
    test(`rsync ${what}: the first of two names is kept, and the others are named`, async () => {
      await using here = await far();
      const disk = join(here.path, 'disk');
      fill(here.source);
      using _mounted = await exfatAt(disk);
      const to = join(disk, dir);
      const source = what === 'of a host' ? here.url(here.source) : here.source;
      const dest = what === 'to a host' ? here.url(to) : to;
      const list = join(here.path, 'list');
      fs.writeFileSync(list, [...filesIn(here.source).keys()].map((path) => `${path}\n`).join(''));
      const listed = isListed ? ['--files-from', list] : [];
      const words = [
        'transfer',
        '--strategy',
        'rsync',
        '--no-preserve',
        'mode,owner',
        ...listed,
        source,
        dest,
      ];
      const failed = assertKept(here.source, to, await here.runTo(3, words));
      assert.deepEqual(assertKept(here.source, to, await here.runTo(3, words)), failed);
    });

  test('names of a list are told apart as a whole', async () => {
    await using here = await far();
    const [to, list] = [join(here.path, 'to'), join(here.path, 'list')];
    fill(here.source);
    using _mounted = await exfatAt(to);
    const listed = ['Docs/readme', 'A.txt', 'docs/readme', 'Sub/plain', 'a.txt'];
    fs.writeFileSync(list, listed.map((path) => `${path}\n`).join(''));
    const ended = await here.runTo(3, ['transfer', '--files-from', list, here.url(here.source), to]);
    const refused = [...failures(ended)].map(([path]) => path);
    assert.equal(refused.length, 2, refused.join());
    const kept = [...filesIn(to)];
    assert.equal(kept.length, 3);
    for (const [path, text] of kept) assert.equal(text, fs.readFileSync(join(here.source, path), 'latin1'));
  });
});

test('where nobody knows it, what has a name in another case is not taken for the entry', {
  skip,
}, async () => {
  using here = place();
  const [source, dest, state] = [join(here.path, 'from'), join(here.path, 'to'), join(here.path, 'state')];
  fill(source);
  for (const name of ['BIG', 'big']) fs.truncateSync(join(source, name), 65 * MiB); // goes in ranges
  for (const name of ['BIG', 'big']) fs.utimesSync(join(source, name), 1e9, 1e9);
  using _mounted = await exfatAt(dest);
  for (let run = 0; run < 2; run++) {
    const { status, failed } = await transferOver({ source, dest, state });
    assert.equal(status, 3);
    assert.deepEqual(new Set(failed.map(({ kind }) => kind)), new Set(['conflict']));
    assert.equal(failed.length, 5, failed.map(({ path }) => path).join());
    for (const [path, text] of filesIn(dest))
      assert.equal(text, fs.readFileSync(join(source, path), 'latin1'), path);
  }
});

test('a remote that says so is not taken to tell upper from lower case', { skip }, async () => {
  await using here = ground('rclone');
  const to = join(here.path, 'to');
  fill(here.source);
  using _mounted = await exfatAt(to);
  fs.appendFileSync(here.config, `\n[folds]\ntype = local\ncase_insensitive = true\n`);
  const dest = `folds:${to}`;
  await check({ ...here, dest, words: [] }, here.source, to);
});

test('a name that the destination tells otherwise composed is the same one in a further run', {
  skip: needs('rclone'),
}, async () => {
  await using here = ground('rclone');
  const to = join(here.path, 'to');
  const names = ['cafe\u0301', 'CAFE', 'de\u0301ja\u0300/vu\u0308'];
  for (const name of names) {
    fs.mkdirSync(join(here.source, name, '..'), { recursive: true });
    fs.writeFileSync(join(here.source, name), name);
  }
  fs.appendFileSync(
    here.config,
    '\n[composes]\ntype = local\ncase_insensitive = true\nunicode_normalization = true\n',
  );
  const words = ['transfer', here.source, `composes:${to}`];
  await here.runTo(0, words);
  const { copied, skipped } = (await here.runTo(0, words)).summary!.tally;
  assert.deepEqual({ copied, skipped }, { copied: 0, skipped: names.length });
  fs.writeFileSync(join(here.source, 'caf\u00e9'), 'another');
  assert.equal(failures(await here.runTo(3, words)).size, 1);
});
