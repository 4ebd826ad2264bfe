import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { run, workspace } from '../engine/run.ts';
import { judge } from '../judge.ts';
import { needs } from '../peer.ts';
import { mounted } from '../survive/ground.ts';

const odd = ['-rf', '#c', '$(touch pwned)', 'new\nline', 'caf\xe9', ' '];

function tree() {
  const here = workspace();
  const source = join(here, 'from');
  fs.mkdirSync(join(source, 'deep/empty'), { recursive: true });
  for (let i = 0; i < 40; i++) fs.writeFileSync(join(source, 'deep', `f${i}`), Buffer.alloc(i * 100));
  for (const name of odd) fs.writeFileSync(Buffer.from(`${source}/${name}`, 'latin1'), name);
  fs.symlinkSync('nowhere', join(source, 'link'));
  fs.utimesSync(source, 1e9, 1e9);
  const state = join(here, 'state');
  return { here, source, out: join(here, 'lists'), go: (...words: string[]) => run(state, words) };
}

function listed(out: string): string[][] {
  return fs
    .readdirSync(out)
    .sort()
    .map((name) => {
      const text = fs.readFileSync(join(out, name), 'latin1');
      return text.split(name.endsWith('0') ? '\0' : '\n').filter(Boolean);
    });
}

test('split writes every entry into one of so many lists, and transfer --reuse moves what is in them', {
  skip: needs('rsync'),
}, async () => {
  const { here, source, out, go } = tree();
  assert.equal((await go('split', source, '--parts', '4', '--null', '--out', out)).status, 0);
  const lists = listed(out);
  assert.equal(lists.length, 4);
  const wanted = [...odd, 'link', 'deep/empty', ...Array.from({ length: 40 }, (_, i) => `deep/f${i}`)];
  assert.deepEqual(lists.flat().sort(), wanted.sort());
  assert.ok(
    lists.every((list) => list.length >= 8),
    'each has its share',
  );
  for (const strategy of ['auto', 'rsync']) {
    const dest = join(here, strategy);
    const ran = await go('transfer', '--strategy', strategy, '--reuse', out, source, dest);
    assert.equal(ran.status, 0, ran.stderr);
    assert.equal(await judge(source, dest, '--omit-dir-times'), '');
  }
});

test('split cuts by entries and bytes, and leaves out what is excluded', async () => {
  const { source, out, go } = tree();
  const words = ['--part-files', '10', '--part-bytes', '9000', '--exclude', 'f1*', '--null', '--out', out];
  assert.equal((await go('split', source, ...words)).status, 0);
  for (const list of listed(out)) {
    const bytes = list
      .filter((path) => /\/f\d+$/.test(path))
      .reduce((sum, path) => sum + 100 * Number(path.slice(6)), 0);
    assert.ok(
      list.length <= 10 && (bytes <= 9000 || list.length === 1),
      `${list.length} entries, ${bytes} bytes`,
    );
    assert.ok(!list.some((path) => path.startsWith('deep/f1')));
  }
});

test('split leaves no half a set, and touches nothing that is there', async () => {
  const { here, source, out, go } = tree();
  assert.equal((await go('split', source, '--parts', '2', '--out', out)).status, 2); // a newline in a name
  assert.ok(!fs.existsSync(out));
  const taken = await go('split', source, '--parts', '2', '--null', '--out', here);
  assert.equal(taken.status, 2);
  assert.match(taken.error!.message, /is not empty/);
  const inside = await go('split', source, '--parts', '2', '--null', '--out', join(source, 'lists'));
  assert.equal(inside.status, 5);
  assert.match(inside.error!.message, /is inside .*: the lists would be in themselves$/);
  assert.ok(!fs.existsSync(join(source, 'lists')));
  assert.equal((await go('split', source, '--out', out)).status, 2);
  assert.equal((await go('split', source, '--parts', '2', '--part-files', '3', '--out', out)).status, 2);
  assert.equal((await go('transfer', '--reuse', source, source, join(here, 'to'))).status, 2);
});

for (const by of [
  ['--parts', '1'],
  ['--part-files', '800'],
])
  test(`split ${by[0]} on a disk that fills up says so, and leaves no list that is cut short`, {
    skip: needs('root', 'loop'),
  }, async () => {
    const { here, source, go } = tree();
    for (let i = 0; i < 900; i++) fs.writeFileSync(join(source, `entry with a long name ${i}`), '');
    fs.rmSync(join(source, odd[3]!));
    using disk = mounted(join(here, 'disk'), '-t', 'tmpfs', '-o', 'size=12k', 'none');
    const out = join(disk.path, 'lists');
    const ran = await go('split', source, ...by, '--out', out);
    assert.deepEqual([ran.status, ran.error?.kind], [1, 'full'], ran.stderr);
    assert.match(ran.error!.message, /^cannot write lists to .*lists: no space left on device$/);
    assert.ok(!fs.existsSync(out));
  });

for (const error of ['EINVAL', 'EOPNOTSUPP'])
  test(`split writes its lists where a directory takes no fsync (${error})`, {
    skip: needs('strace'),
  }, async () => {
    const { here, source, out } = tree();
    const log = join(here, 'strace.out');
    const under = ['strace', '-f', '-qq', '-o', log, '-P', out, `--inject=fsync:error=${error}`];
    const words = ['split', source, '--parts', '2', '--null', '--out', out];
    const { status, stderr } = await run(join(here, 'state'), words, { under });
    assert.equal(status, 0, stderr);
    assert.match(fs.readFileSync(log, 'latin1'), /fsync.*INJECTED/);
    assert.equal(listed(out).flat().length, 40 + odd.length + 2);
  });
