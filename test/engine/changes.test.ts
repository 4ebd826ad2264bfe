import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { judge, listing, touches } from '../judge.ts';
import { needs } from '../peer.ts';
import { bothWays, pair, said } from './pair.ts';
import { run, shell, workspace } from './run.ts';

const skip = needs('rsync');

describe('an entry that changed its type', { skip, concurrency: 2 }, () => {
  const kinds = {
    file: 'echo text >"$0"',
    'an empty file': ': >"$0"',
    'a large file': 'truncate -s 3M "$0"',
    'a directory': 'mkdir -p "$0/sub"; echo in >"$0/in"',
    'an empty directory': 'mkdir "$0"',
    'a symlink': 'ln -s target "$0"',
    'a symlink to a directory': 'ln -s ../outside "$0"',
    'a FIFO': 'mkfifo "$0"',
  };
  const isFull = (name: string) => name === 'a directory';

  for (const [before, makeBefore] of Object.entries(kinds)) {
    test(`${before} becomes anything else at the destination`, async () => {
      const given = pair();
      fs.mkdirSync(join(given.here, 'outside'));
      for (const name of Object.keys(kinds)) await given.make(makeBefore, name);
      assert.equal((await given.transfer()).status, 0);
      await given.make('rm -rf ./*');
      for (const [name, makeAfter] of Object.entries(kinds)) await given.make(makeAfter, name);
      const { planned, done, ran } = await bothWays(given);
      assert.deepEqual(planned, done);
      const isKept = (path: string) => !isFull(before) || path.includes('directory');
      if (!isFull(before)) {
        assert.equal(ran.status, 0, ran.stderr);
        assert.equal(await judge(given.source, given.dest), '');
      } else {
        assert.equal(ran.status, 3, ran.stderr);
        const failed = ran.failed.map(({ path, kind }) => `${kind} ${path}`).sort();
        const inTheWay = Object.keys(kinds).filter((name) => !isKept(name) || name.includes('symlink'));
        assert.deepEqual(failed, inTheWay.map((name) => `conflict ${name}`).sort());
      }
      assert.deepEqual(fs.readdirSync(join(given.here, 'outside')), []);
    });
  }
});

test('metadata that changed is put right, and no file is copied for it', { skip }, async () => {
  const given = pair('disk');
  const names = 'dir link fifo inner';
  await given.make(
    `mkdir dir inner; echo f >file; : >empty; truncate -s 2M big; truncate -s 70M bigger; ln -s file link
     mkfifo fifo; echo i >inner/file; ln file inner/name`,
  );
  await given.transfer();
  const before = await listing(given.dest, '%i');
  await given.make(`for at in ${names}; do touch -hd @77.123456789 $at; done; chmod 751 dir inner
    chmod 4640 file; chmod 600 fifo; chmod 444 big`);
  const { planned, done, ran } = await bothWays(given);
  assert.equal(await judge(given.source, given.dest), '');
  assert.deepEqual(done, planned);
  assert.deepEqual(await listing(given.dest, '%i'), before);
  assert.equal(ran.summary!.tally.copied, 0);
});

test('owners and attributes that changed are put right', {
  skip: needs('rsync', 'root', 'xattrs'),
}, async () => {
  const given = pair('disk');
  await given.make(
    'mkdir dir; echo f >file; ln -s file link; mkfifo fifo; truncate -s 2M big; truncate -s 70M bigger',
  );
  await given.make(
    'setfattr -n user.old -v gone file; setfattr -n user.old -v gone dir; setfacl -m u:3:rwx,d:u:4:rwx dir',
  );
  await given.transfer();
  const before = await listing(given.dest, '%i');
  await given.make(`for at in file dir link fifo big bigger; do chown -h 12:34 $at; done; setfacl -b dir; setfacl -m u:9:r big
    setfattr -x user.old file; setfattr -x user.old dir; chmod 4755 file
    for at in file dir big bigger; do setfattr -n user.new -v here $at; done; setfattr -hn trusted.new -v t link`);
  const { planned, done, ran } = await bothWays(given);
  assert.equal(await judge(given.source, given.dest), '');
  assert.deepEqual(done, planned);
  assert.deepEqual(await listing(given.dest, '%i'), before);
  assert.equal(ran.summary!.tally.copied, 0);
});

test('a file under another name has the attributes of that name compared', {
  skip: needs('rsync', 'xattrs'),
}, async () => {
  const here = workspace('disk');
  const [from, to] = [join(here, 'from'), join(here, 'to')];
  fs.writeFileSync(from, 'text');
  await shell(here, 'setfattr -n user.kept -v as-it-is from');
  const words = [from, to];
  assert.equal((await run(join(here, 'state'), ['transfer', ...words])).status, 0);
  const other = await run(join(here, 'other state'), ['transfer', ...words]);
  assert.deepEqual([other.status, other.summary!.tally.skipped], [0, 1]);
  assert.deepEqual((await run(join(here, 'state'), ['verify', ...words])).differences, []);
  await shell(here, 'setfattr -n user.kept -v as-it-was to');
  assert.equal((await run(join(here, 'state'), ['transfer', ...words])).summary!.tally.repaired, 1);
  assert.equal(await shell(here, 'getfattr --only-values -n user.kept to'), 'as-it-is');
});

test('contents that changed replace the file, and hard links of the old one keep it', { skip }, async () => {
  const given = pair();
  await given.make('for f in a b c; do echo old >$f; done; truncate -s 2M big; truncate -s 70M bigger');
  await given.transfer();
  fs.linkSync(join(given.dest, 'a'), join(given.here, 'kept'));
  await given.make(
    'echo new! >a; echo longer than it was >b; : >c; echo x >>big; echo x | dd of=bigger conv=notrunc',
  );
  const { planned, done } = await bothWays(given);
  assert.equal(await judge(given.source, given.dest), '');
  assert.deepEqual(done, planned);
  assert.deepEqual(done.filter((line) => line.startsWith('update')).length, 5);
  assert.equal(fs.readFileSync(join(given.here, 'kept'), 'utf8'), 'old\n');
});

test('a name added to a file costs a link, and a group that was replaced is linked again', {
  skip,
}, async () => {
  const given = pair();
  await given.make('mkdir d; echo one >a; ln a b; echo two >x; ln x d/y; truncate -s 70M big; ln big d/big');
  await given.transfer();
  await given.make(
    'ln a d/c; ln a 0; rm x d/y; echo 2 >x; ln x d/y; ln x d/z; ln big other; rm b; echo alone >b',
  );
  const { planned, done, ran } = await bothWays(given);
  assert.equal(await judge(given.source, given.dest), '');
  assert.deepEqual(done, planned);
  assert.deepEqual({ ...ran.summary!.tally, skipped: 0, skippedBytes: 0 }.copied, 2);
  assert.ok(done.includes('link other') && done.includes('link d/c') && done.includes('link 0'));
});

test('names that share a file no longer do after it', { skip }, async () => {
  const given = pair();
  await given.make('echo one >a; ln a b; ln a c');
  await given.transfer();
  await given.make('rm b; cp -p a b; rm c; echo other >c');
  const ran = await given.transfer();
  assert.equal(ran.status, 0);
  assert.equal(fs.readFileSync(join(given.dest, 'a'), 'utf8'), 'one\n');
  assert.equal(fs.readFileSync(join(given.dest, 'c'), 'utf8'), 'other\n');
});

test('names that shared a file and differ by now get one each, and others that share one keep it', {
  skip,
}, async () => {
  const given = pair('disk');
  await given.make(
    'for f in f m b; do echo $f >$f; done; truncate -s 3M m; truncate -s 70M b; mkfifo p; ln -s f l',
  );
  await given.make(
    'for f in f m b p l; do ln -P $f $f.2; done; for f in k k.2; do echo k >$f; done; touch -d @7 k k.2',
  );
  await given.transfer();
  await shellIn(given.dest, 'ln -f k k.2; ln k ../kept');
  await given.make(`for f in f m b p l; do cp -a $f.2 n; mv n $f.2; done; touch -hd @6 p.2 l.2
    chmod 600 f.2 m.2 b.2 p.2 k.2`);
  const { planned, done, ran } = await bothWays(given);
  assert.equal(ran.status, 0, ran.stderr);
  assert.deepEqual(planned, done);
  assert.equal(await judge(given.source, given.dest), '');
  assert.equal(fs.statSync(join(given.here, 'kept')).mode & 0o777, 0o644);
  assert.deepEqual(said(await given.transfer()), []);
});

test('what was removed or changed at the destination is put back', { skip }, async () => {
  const given = pair();
  await given.make(
    'mkdir -p d/e; echo 1 >d/1; echo 2 >d/e/2; ln -s 1 d/l; truncate -s 2M d/big; ln d/1 d/e/1',
  );
  await given.transfer();
  await shellIn(given.dest, 'rm d/1; echo changed >d/e/2; ln -sfn elsewhere d/l; chmod 777 d; rm d/big');
  const { planned, done } = await bothWays(given);
  assert.equal(await judge(given.source, given.dest), '');
  assert.deepEqual(done, planned);
});

test('what only the destination has is left alone', { skip }, async () => {
  const given = pair();
  await given.make('mkdir d; echo x >d/x');
  await given.transfer();
  await shellIn(given.dest, 'echo mine >d/mine; mkdir d/dir; echo too >d/dir/too; touch -r ../from/d d');
  const then = await touches(given.dest);
  assert.deepEqual(said(await given.transfer()), []);
  assert.deepEqual(await touches(given.dest), then);
});

test('sparse files take no more room than they did, small ones, large ones and those with a hole at the end', {
  skip,
}, async () => {
  const given = pair();
  await given.make(`truncate -s 40M only; truncate -s 300K small; truncate -s 1G huge; echo x >end; truncate -s 2M end
    echo x | dd of=start bs=1M seek=5 status=none; echo x | dd of=ranged bs=1M seek=90 status=none; cp -a ranged linked.from
    for at in 1 5 9 70 130; do echo $at | dd of=holes bs=1M seek=$at conv=notrunc status=none; done; ln holes linked`);
  assert.equal((await given.transfer()).status, 0);
  assert.deepEqual(await listing(given.dest, '%y %s %b'), await listing(given.source, '%y %s %b'));
  await given.make('for at in *; do echo more | dd of=$at bs=1 seek=100 conv=notrunc status=none; done');
  assert.equal((await given.transfer()).status, 0);
  assert.deepEqual(await listing(given.dest, '%y %s %b'), await listing(given.source, '%y %s %b'));
});

test('what a directory at the destination hands down is taken off again', {
  skip: needs('rsync', 'root', 'xattrs'),
}, async () => {
  const given = pair('disk');
  await given.make(
    'mkdir -p d/e; echo x >d/x; echo y >d/e/y; mkfifo d/p; ln -s x d/l; truncate -s 3M d/m; truncate -s 70M d/b',
  );
  await given.make('umask 0; mkdir open; echo z >open/z');
  fs.mkdirSync(given.dest);
  await shellIn(
    given.dest,
    'chgrp 77 .; chmod 2777 .; setfacl -m d:u:5:rwx,d:g:6:rwx,d:m::rwx .; setfattr -n user.x -v y .',
  );
  await shellIn(given.dest, 'mkdir d');
  const ran = await given.transfer();
  assert.equal(ran.status, 0, ran.stderr);
  assert.deepEqual(ran.summary!.notices, {});
  assert.equal(await judge(given.source, given.dest), '');
});

async function shellIn(directory: string, script: string): Promise<void> {
  const { shell } = await import('./run.ts');
  await shell(directory, script);
}

test('where one entry fails each time, what has other names is not touched each time', { skip }, async () => {
  const given = pair();
  await given.make(
    'mkdir a b c; echo 1 >a/one; ln a/one b/two; echo x >c/taken; mkdir -p ../to/c/taken/full',
  );
  assert.equal((await given.transfer()).status, 3);
  const then = await touches(given.dest);
  assert.equal((await given.transfer()).status, 3);
  const isWhereItFails = (line: string) => line.startsWith('./c ');
  const rest = (lines: string[]) => lines.filter((line) => !isWhereItFails(line));
  assert.deepEqual(rest(await touches(given.dest)), rest(then));
});
