import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { keepAll, type TransferRequest } from '../../src/request.ts';
import type { Way } from '../contract/engine.ts';
import { judge, listing } from '../judge.ts';
import { needs } from '../peer.ts';
import { ends, transferOver } from './over.ts';
import { said } from './pair.ts';
import { shell } from './run.ts';

const skip = needs('rsync');

/** Dry and then for real, which both say the same. */
async function bothWays(way: Way, request: Partial<TransferRequest> = {}) {
  const planned = await transferOver(way, { request: { ...request, dryRun: true } });
  const ran = await transferOver(way, { request });
  assert.deepEqual(said(planned), said(ran));
  return ran;
}

describe('stores() and an entry that changed its type', { skip, concurrency: 2 }, () => {
  const kinds = {
    file: 'echo text >"$0"',
    'an empty file': ': >"$0"',
    'a large file': 'truncate -s 3M "$0"',
    'a larger file': 'truncate -s 70M "$0"',
    'a directory': 'mkdir -p "$0/sub"; echo in >"$0/in"',
    'an empty directory': 'mkdir "$0"',
    'a symlink': 'ln -s target "$0"',
    'a symlink to a directory': 'ln -s ../outside "$0"',
  };
  for (const [before, makeBefore] of Object.entries(kinds)) {
    test(`${before} becomes anything else at the destination`, async () => {
      const way = ends();
      for (const name of Object.keys(kinds)) await shell(way.source, makeBefore, name);
      assert.equal((await transferOver(way)).status, 0);
      await shell(way.source, 'rm -rf ./*');
      for (const [name, makeAfter] of Object.entries(kinds)) await shell(way.source, makeAfter, name);
      if (before !== 'a directory') {
        const ran = await bothWays(way);
        assert.equal(ran.status, 0, ran.stderr);
        return assert.equal(await judge(way.source, way.dest), '');
      }
      const ran = await bothWays(way);
      const failed = ran.failed.map(({ path, kind }) => `${kind} ${path}`).sort();
      const inTheWay = Object.keys(kinds).filter(
        (name) => !name.includes('n empty d') && name !== 'a directory',
      );
      assert.deepEqual(failed, inTheWay.map((name) => `conflict ${name}`).sort());
    });
  }
});

test('stores() puts metadata right, and copies no file for it', {
  skip: needs('rsync', 'root'),
}, async () => {
  const way = ends();
  await shell(
    way.source,
    `mkdir dir inner; echo f >file; : >empty; truncate -s 2M big; truncate -s 70M bigger; ln -s file link
     echo i >inner/file; ln file inner/name`,
  );
  await transferOver(way);
  const before = await listing(way.dest, '%i');
  await shell(
    way.source,
    `for at in dir link inner; do touch -hd @77.123456789 $at; done; chmod 751 dir inner
    for at in file dir link big bigger; do chown -h 12:34 $at; done; chmod 4640 file; chmod 444 big; chmod 400 bigger`,
  );
  const ran = await bothWays(way);
  assert.equal(await judge(way.source, way.dest), '');
  assert.deepEqual(await listing(way.dest, '%i'), before);
  assert.equal(ran.summary!.tally.copied, 0);
});

test('stores() gives names that shared a file and differ by now one each', { skip }, async () => {
  const way = ends();
  await shell(way.source, 'echo x >x; ln x y; truncate -s 70M big; ln big other');
  await transferOver(way);
  await shell(way.source, 'for f in y other; do cp -p $f z; mv z $f; chmod 600 $f; done');
  assert.deepEqual(said(await bothWays(way)), ['repair ', 'update other', 'update y']);
  assert.equal(await judge(way.source, way.dest), '');
  assert.deepEqual(said(await transferOver(way)), []);
});

test('stores() copies what --checksum finds', { skip }, async () => {
  const way = ends();
  await shell(way.source, 'echo one >a; echo two >b; truncate -s 3M c; touch -d @5 a b c');
  await transferOver(way);
  await shell(way.dest, 'echo not >a; printf x | dd of=c bs=1 seek=2000000 conv=notrunc; touch -d @5 a c');
  assert.deepEqual(said(await bothWays(way)), []);
  assert.deepEqual(said(await bothWays(way, { checksum: true })), ['update a', 'update c']);
  assert.equal(await judge(way.source, way.dest), '');
});

test('stores() compares contents where times are not kept', { skip }, async () => {
  const way = ends();
  await shell(way.source, 'for f in a b; do echo newer >$f; done; truncate -s 70M c d');
  const preserve = { ...keepAll, times: false };
  await transferOver(way, { request: { preserve } });
  assert.deepEqual(said(await bothWays(way, { preserve })), []);
  await shell(
    way.source,
    'echo older >a; echo newer >b; printf x | dd of=c conv=notrunc status=none; touch -d @5 a b c d',
  );
  assert.deepEqual(said(await bothWays(way, { preserve })), ['update a', 'update c']);
  assert.equal(await judge(way.source, way.dest, '--no-t'), '');
});

test('stores() leaves out what the rules say, and all below', { skip }, async () => {
  const way = ends();
  await shell(
    way.source,
    'mkdir -p a/skip/deep b; echo 1 >a/x.tmp; echo 2 >a/y; echo 3 >a/skip/z; echo 4 >b/x',
  );
  const rules = ['*.tmp', 'skip/'].map((pattern) => ({ action: 'exclude', pattern }) as const);
  const ran = await bothWays(way, { rules });
  assert.deepEqual(said(ran), ['copy a/y', 'copy b/x', 'make a', 'make b']);
  assert.deepEqual(ran.summary!.notices, { excluded: 2 });
});

test('stores() moves only what a list names, and the directories above', { skip }, async () => {
  const way = ends();
  await shell(
    way.source,
    'mkdir -m 751 a; mkdir -m 700 -p a/b/c; echo 1 >a/b/c/f; echo 2 >a/g; echo 3 >h; touch -d @9 a/b a',
  );
  const list = join(way.state, '../list');
  fs.writeFileSync(list, 'a/b/c/f\na/b\nh\nnone\n');
  const filesFrom = { kind: 'file', path: list, separator: 'newline' } as const;
  const ran = await bothWays(way, { filesFrom });
  assert.deepEqual(said(ran), ['copy a/b/c/f', 'copy h', 'make a', 'make a/b', 'make a/b/c']);
  assert.deepEqual(
    ran.failed.map(({ path, kind }) => [path, kind]),
    [['none', 'missing']],
  );
  const told = await judge(way.source, way.dest, '--existing', '--no-t');
  assert.equal(told, '');
  assert.equal(fs.statSync(join(way.dest, 'a/b')).mtimeMs, 9000);
});

test('stores() copies one file to another name, or into a directory', async () => {
  const way = ends();
  const { source, dest, state } = way;
  fs.writeFileSync(join(source, 'file'), 'content');
  fs.truncateSync(join(source, 'file'), 70 * 1024 * 1024);
  const ran = await transferOver({ source: join(source, 'file'), dest: join(source, 'other'), state });
  assert.equal(ran.status, 0, ran.stderr);
  assert.deepEqual(fs.readdirSync(source).sort(), ['file', 'other']);
  await transferOver({ source: join(source, 'file'), dest: `${dest}/`, state });
  assert.deepEqual(fs.readdirSync(dest), ['file']);
  assert.equal(fs.statSync(join(dest, 'file')).size, 70 * 1024 * 1024);
  const again = await transferOver({ source: join(source, 'file'), dest, state });
  assert.deepEqual(again.entries, []);
});

test('stores() refuses a tree into itself, and a source that is not there', async () => {
  const { source, state } = ends();
  const into = transferOver({ source, dest: join(source, 'below'), state });
  await assert.rejects(into, /copied into itself/);
  await assert.rejects(transferOver({ source: join(source, 'none'), dest: source, state }), /there is no /);
  const above = transferOver({ source, dest: join(source, '../none/below'), state });
  await assert.rejects(above, /there is no directory/);
});

test('stores() writes nothing that looks like one of its own names', async () => {
  const way = ends();
  await transferOver(way);
  const [database] = fs
    .readdirSync(way.state, { recursive: true })
    .filter((name) => /[0-9a-f]{24}/.test(String(name)));
  const key = /[0-9a-f]{24}/.exec(String(database))![0];
  fs.writeFileSync(join(way.source, `.difpipe-${key.slice(0, 12)}-mine`), 'x');
  const ran = await transferOver(way);
  assert.deepEqual(
    ran.failed.map(({ kind }) => kind),
    ['refused'],
  );
  assert.deepEqual(fs.readdirSync(way.dest), []);
});
