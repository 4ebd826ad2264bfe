import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { seeded } from '../journal/fixture.ts';
import { needs } from '../peer.ts';
import { inOrder, traced } from './fault.ts';
import { place } from './ground.ts';
import { isLeft } from './is-left.ts';
import { assertSame, runTo } from './program.ts';
import { assertWhole, type Contents, contentsOf } from './tree.ts';

// Killed at one chosen system call: of all that a run makes at the destination or for the Journal, a sample, or all
// of them with DIFPIPE_FAULTS=all.

const sample = process.env.DIFPIPE_FAULTS === 'all' ? Number.POSITIVE_INFINITY : 14;

const names = [
  ...['openat', 'write', 'pwrite64', 'copy_file_range', 'ftruncate', 'fallocate'],
  ...[
    'linkat',
    'renameat',
    'renameat2',
    'rename',
    'unlink',
    'unlinkat',
    'mkdirat',
    'mkdir',
    'symlinkat',
    'mknodat',
  ],
  ...['utimensat', 'fchmod', 'fchown', 'fchownat', 'fchmodat', 'fsetxattr', 'syncfs', 'fsync', 'fdatasync'],
];

type Ground = {
  readonly path: string;
  readonly source: string;
  readonly before: string;
  readonly versions: readonly Contents[];
};

describe('killed at any one system call', { skip: needs('strace', 'rsync', 'root') }, () => {
  test('nothing is wrong, missing or stray after the next run', async () => {
    using here = place();
    const ground = prepare(here.path);
    const moments = await momentsOf(ground);
    const random = seeded(Number(process.env.DIFPIPE_SEED ?? 1));
    while (moments.length > sample) moments.splice(random(moments.length), 1);
    let fired = 0;
    for (const [at, moment] of moments.entries()) if (await killAt(ground, moment, at)) fired++;
    assert.ok(fired > moments.length / 2, `only ${fired} of ${moments.length} came to pass`);
  });
});

/** Something of everything, new and over something older. */
function prepare(path: string): Ground {
  const [source, before] = [join(path, 'source'), join(path, 'before')];
  build(before, 'older', ['new', 'link-new']);
  for (const name of ['old', 'link', 'dir/over', 'dir/deeper/middle', 'ranged', 'dir/ranged'])
    fs.utimesSync(join(before, name), 1e9, 1e9); // never written in the same tick as the source's of the same size
  build(source, 'newer', []);
  return { path, source, before, versions: [contentsOf(before), contentsOf(source)] };
}

function build(root: string, text: string, left: readonly string[]): void {
  const file = (name: string, bytes: number) =>
    left.some((start) => name.startsWith(start)) ||
    fs.writeFileSync(join(root, name), Buffer.alloc(bytes, text));
  fs.mkdirSync(join(root, 'dir/deeper'), { recursive: true });
  if (left.length === 0) fs.mkdirSync(join(root, 'dir/new'));
  file('new', 3000);
  file('old', 3000);
  file('dir/over', text.length * 1000);
  file('dir/deeper/middle', 2 ** 20 + 5);
  file('new large', 2 ** 20 + 5);
  fs.symlinkSync(text, join(root, 'symlink'));
  execFileSync('mkfifo', [join(root, `${text} fifo`)]);
  if (left.length > 0) fs.linkSync(join(root, `${text} fifo`), join(root, 'newer fifo'));
  if (left.length > 0) fs.rmSync(join(root, `${text} fifo`));
  file('link', 10);
  for (const name of ['dir/link 2', 'dir/link 3']) fs.linkSync(join(root, 'link'), join(root, name));
  if (left.length === 0) fs.linkSync(join(root, 'link'), join(root, 'dir/deeper/link 4'));
  for (const name of ['ranged', 'dir/ranged']) {
    fs.truncateSync(fs.writeFileSync(join(root, name), text) ?? join(root, name), 65 * 2 ** 20);
  }
  fs.chownSync(join(root, 'old'), 7, 7);
  fs.chmodSync(join(root, 'dir/over'), text === 'older' ? 0o600 : 0o4755);
}

type Moment = { readonly name: string; readonly number: number };

/** All calls of a whole run that change the destination or the Journal, each number once. */
async function momentsOf(ground: Ground): Promise<Moment[]> {
  const { dest, state, words } = attempt(ground, 'counting');
  const { ended, calls } = await traced(ground.path, ['-e', `trace=${names.join(',')}`], state, words);
  assert.equal(ended.status, 0, ended.stderr);
  const found = new Map<string, Moment>();
  for (const { name, number, line } of calls) {
    const isOurs = line.includes(dest) || line.includes(state);
    if (isOurs && !line.includes('O_RDONLY')) found.set(`${name} ${number}`, { name, number });
  }
  return [...found.values()];
}

function attempt({ path, source, before }: Ground, name: string) {
  const [dest, state] = [join(path, name), join(path, `${name} state`)];
  execFileSync('cp', ['-a', before, dest]);
  return { dest, state, words: ['transfer', '--streams', '1', source, dest] };
}

/** False when the run ended before. */
async function killAt(ground: Ground, { name, number }: Moment, at: number): Promise<boolean> {
  const { dest, state, words } = attempt(ground, `${at}`);
  const fault = ['-e', `trace=${name}`, '-e', `inject=${name}:signal=KILL:when=${number}`];
  const { ended } = await traced(ground.path, fault, state, words);
  const context = `${name} ${number}`;
  if (ended.signal === null) assert.equal(ended.status, 0, `${context} ${ended.stderr}`);
  assertWhole(dest, ground.versions);
  const again = isLeft({ state }) && at % 2 === 0 ? ['runs', 'resume'] : words;
  try {
    await runTo(0, state, again, { env: inOrder });
    assertSame(ground.source, dest);
  } catch (error) {
    throw new Error(`after a kill at ${context}`, { cause: error });
  }
  for (const left of [dest, state]) fs.rmSync(left, { recursive: true });
  return ended.signal !== null;
}
