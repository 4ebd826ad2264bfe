/** Lists of a split that are not all there are refused, whatever became of the others. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { difpipe, directory, start } from './difpipe.ts';
import { names, tree } from './trees.ts';

function ground(files: number) {
  const here = directory();
  const entries = Array.from({ length: files }, (_, at) => [`d/${at}`, String(at)] as const);
  const [source, out] = [tree(join(here, 'source'), Object.fromEntries(entries)), join(here, 'lists')];
  const reuse = (dest = join(here, 'dest')) => difpipe(['transfer', '--reuse', out, source, dest]);
  const split = (...words: string[]) => difpipe(['split', source, '--out', out, ...words]);
  return { here, source, out, reuse, split, dest: join(here, 'dest') };
}

for (const [when, isThere] of [
  ['while it writes', 'writes'],
  ['while it gives them their names', 'names'],
] as const)
  test(`lists of a split that was killed ${when} are not taken for all`, async () => {
    const { source, out, reuse, dest, split } = ground(3000);
    const child = start(['split', source, '--part-files', '1', '--out', out]);
    const wanted = join(out, isThere === 'writes' ? '000001.unfinished' : '003000-of-003000.list');
    while (!fs.existsSync(wanted)) await new Promise(setImmediate);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.on('close', resolve));
    assert.equal(child.signalCode, 'SIGKILL');
    const isWhole = fs.existsSync(join(out, '000001-of-003000.list'));
    if (isThere === 'writes')
      assert.deepEqual(
        names(out).filter((name) => name.endsWith('.list')),
        [],
      );
    const { status, stderr } = reuse();
    if (isWhole) return assert.equal(names(dest).length, 3001);
    assert.equal(status, 2, stderr);
    assert.match(stderr, /the lists in \S+ are not finished: .*run it again/);
    assert.equal(fs.existsSync(dest), false);
    assert.match(split('--parts', '2').stderr, /is not empty: remove what a split that was killed left, or/);
  });

test('lists of which one is missing are not taken for all, whichever it is', () => {
  const { here, source, out, reuse, split, dest } = ground(7);
  assert.equal(split('--parts', '3').status, 0);
  const lists = names(out);
  assert.deepEqual(lists, ['000001-of-000003.list', '000002-of-000003.list', '000003-of-000003.list']);
  for (const list of lists) {
    fs.renameSync(join(out, list), join(here, list));
    for (const words of [
      ['transfer', source, dest],
      ['verify', source, here],
      ['analyze', source],
    ]) {
      const { status, stderr } = difpipe([...words, '--reuse', out]);
      assert.equal(status, 2, stderr);
      assert.match(
        stderr,
        new RegExp(`lists has 2 of 3 lists: ${list} is not there: run difpipe split again`),
      );
    }
    fs.renameSync(join(here, list), join(out, list));
  }
  assert.equal(fs.existsSync(dest), false);
  fs.copyFileSync(join(out, lists[0]!), join(out, '000001-of-000001.list'));
  assert.match(reuse().stderr, /lists of more than one split/);
  fs.rmSync(join(out, '000001-of-000001.list'));
  assert.equal(reuse().status, 0);
  assert.equal(names(dest).length, 8);
});

test('--reuse of a directory that is not there, or has none, says so', () => {
  const { here, out, source, reuse } = ground(1);
  assert.match(reuse().stderr, /^difpipe: cannot read the lists in \S+lists: no such file or directory/);
  assert.doesNotMatch(reuse().stderr, /ENOENT/);
  fs.mkdirSync(out);
  assert.match(reuse().stderr, /there are no lists in \S+lists: difpipe split makes them/);
  assert.equal(difpipe(['transfer', '--reuse', 'none', source, join(here, 'dest')]).status, 2);
});
