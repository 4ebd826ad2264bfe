import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { judge, touches } from '../judge.ts';
import { needs } from '../peer.ts';
import { run, shell, workspace } from './run.ts';

const skip = needs('rsync');

/** Runs `transfer SRC DEST` in a directory made by a script; both are relative to it. */
async function go(script: string, source: string, dest: string, ...flags: string[]) {
  const here = workspace();
  await shell(here, script);
  const again = () => run(join(here, 'state'), ['transfer', '-v', ...flags, source, dest], { cwd: here });
  return { here, again, ran: await again(), at: (name: string) => join(here, name) };
}

const file = 'echo text >file; chmod 640 file; touch -d @1234.567890123 file; mkdir dir; touch -d @99.5 dir';

describe('one file', { skip, concurrency: 2 }, () => {
  const places: readonly [dest: string, arrives: string, what: string][] = [
    ['new', 'new', 'a name that is free'],
    ['dir', 'dir/file', 'a directory'],
    ['dir/', 'dir/file', 'a directory with a slash'],
    ['dir/new', 'dir/new', 'a name in a directory'],
    ['made/', 'made/file', 'a directory that is not there yet'],
    ['over', 'over', 'another file'],
    ['tofile', 'tofile', 'a symlink, which it replaces'],
    ['todir', 'dir/file', 'a symlink to a directory'],
  ];
  const there = `${file}; echo old >over; ln -s over tofile; ln -s dir todir`;
  test('goes to no FIFO, which it would replace', async () => {
    const { at, ran } = await go('echo text >file; mkfifo fifo', 'file', 'fifo');
    assert.equal(ran.status, 5, ran.stderr);
    assert.ok(fs.lstatSync(at('fifo')).isFIFO());
  });

  for (const [dest, arrives, what] of places) {
    test(`goes to ${what}`, async () => {
      const { at, again, ran } = await go(there, 'file', dest);
      assert.equal(ran.status, 0, ran.stderr);
      assert.equal(ran.summary!.tally.copied, 1);
      const [from, to] = [
        fs.lstatSync(at('file'), { bigint: true }),
        fs.lstatSync(at(arrives), { bigint: true }),
      ];
      assert.deepEqual([to.mode, to.size, to.mtimeNs], [from.mode, from.size, from.mtimeNs]);
      assert.equal(fs.readFileSync(at(arrives), 'utf8'), 'text\n');
      if (dest !== 'over') assert.equal(fs.readFileSync(at('over'), 'utf8'), 'old\n');
      const then = await touches(at('.'));
      assert.deepEqual((await again()).entries, []);
      const isOurs = (line: string) => line.startsWith('./state');
      const rest = (lines: string[]) => lines.filter((line) => !isOurs(line));
      assert.deepEqual(rest(await touches(at('.'))), rest(then));
    });
  }

  test('of 3 MiB, of 70 MiB, with other names, and a symlink go as they are', async () => {
    const make = `${file}; truncate -s 3M a; echo x >>a; truncate -s 70M b; echo x >>b; ln b c; ln -s nowhere l`;
    const { at, here } = await go(make, 'file', 'dir/');
    for (const name of ['a', 'b', 'l', 'c']) {
      const ran = await run(join(here, 'state'), ['transfer', name, 'dir/'], { cwd: here });
      assert.equal(ran.status, 0, ran.stderr);
      const one = await run(join(here, 'state'), ['transfer', name, `dir/as ${name}`], { cwd: here });
      assert.equal(one.status, 0, one.stderr);
    }
    await shell(
      here,
      'mkdir from; cp -a --no-preserve=links a b c l file from; for n in a b c l; do cp -a $n "from/as $n"; done',
    );
    await shell(here, 'touch -r dir from');
    assert.equal(await judge(at('from'), at('dir'), '--no-t', '--no-H', '-O', '-t'), '');
    assert.equal(fs.readlinkSync(at('dir/as l')), 'nowhere');
  });
});

describe('places that are refused', { skip, concurrency: 2 }, () => {
  const tree = `${file}; mkdir -p tree/in; echo x >tree/in/x; ln -s tree totree; ln -s nowhere dangling`;
  const refused: readonly [source: string, dest: string, status: number, message: RegExp][] = [
    ['nothing', 'dest', 2, /there is no .*nothing/],
    ['tree', 'file', 2, /is not a directory/],
    ['tree', 'no/parent', 2, /there is no directory/],
    ['file', 'no/parent', 2, /there is no directory/],
    ['file', 'file/', 2, /is not a directory/],
    ['tree', 'dangling', 2, /is not a directory/],
    ['tree', 'tree/in', 5, /is inside/],
    ['tree', 'tree/new', 5, /is inside/],
    ['tree', 'totree/in', 5, /is inside/],
    ['tree', 'tree', 5, /are both/],
    ['tree', 'totree', 5, /are both/],
    ['totree/', '../here/tree/.', 5, /are both/],
    ['file', 'file', 5, /are both/],
    ['file', '.', 5, /are both/],
    ['file', './dir/../file', 5, /are both/],
  ];
  for (const [source, dest, status, message] of refused) {
    test(`${source} to ${dest} exits ${status}, and nothing is made`, async () => {
      const script = `mkdir here; cd here; ${tree}`;
      const here = workspace();
      await shell(here, script);
      const then = await touches(join(here, 'here'));
      for (const flag of ['--dry-run', '-v']) {
        const ran = await run(join(here, 'state'), ['transfer', flag, source, dest], {
          cwd: join(here, 'here'),
        });
        assert.equal(ran.status, status, ran.stderr);
        assert.match(ran.stderr, message);
      }
      assert.deepEqual(await touches(join(here, 'here')), then);
    });
  }
});

test('a symlink to a directory is followed as source and as destination', { skip }, async () => {
  const make = 'mkdir tree real; echo x >tree/x; ln -s tree from; ln -s real to';
  const { at, ran } = await go(make, 'from', 'to');
  assert.equal(ran.status, 0, ran.stderr);
  assert.equal(await judge(at('tree'), at('real')), '');
  assert.ok(fs.lstatSync(at('to')).isSymbolicLink());
});

test('a source directory inside the destination brings its contents up', { skip }, async () => {
  const { at, ran } = await go(
    'mkdir -p up/sub/deep; echo x >up/sub/x; echo y >up/sub/deep/y',
    'up/sub',
    'up',
  );
  assert.equal(ran.status, 0, ran.stderr);
  assert.equal(fs.readFileSync(at('up/deep/y'), 'utf8'), 'y\n');
});

test('names of places that look like options are places', { skip }, async () => {
  const { at, ran } = await go(
    "mkdir -- -rf '$(touch pwned)'; echo x >./-rf/x",
    './-rf',
    './$(touch pwned)/--delete',
  );
  assert.equal(ran.status, 0, ran.stderr);
  assert.equal(await judge(at('-rf'), at('$(touch pwned)/--delete')), '');
  assert.equal(fs.existsSync(at('pwned')), false);
});

test('a symlink that the destination has in the place of a directory is replaced, not followed', {
  skip,
}, async () => {
  const make =
    'mkdir -p from/d/e to outside/e; echo new >from/d/e/x; echo mine >outside/e/x; ln -s ../outside to/d';
  const { at, ran } = await go(make, 'from', 'to');
  assert.equal(ran.status, 0, ran.stderr);
  assert.equal(fs.readFileSync(at('outside/e/x'), 'utf8'), 'mine\n');
  assert.equal(await judge(at('from'), at('to')), '');
});
