import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { judge, listing, touches } from '../judge.ts';
import { needs } from '../peer.ts';
import { bothWays, type Pair, pair, said } from './pair.ts';
import { type How, run, shell, workspace } from './run.ts';

// What an ordinary user gets, who may not give files away, read everything or write everywhere.

const skip = needs('rsync', 'root', 'setpriv');
const nobody = 65534;
const cache = workspace(); // ours is closed to them
fs.chmodSync(cache, 0o777);
const asNobody: How = {
  under: ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'],
  env: { HOME: '/', NODE_COMPILE_CACHE: cache },
};

/** A pair whose destination is the user's. */
async function owned(script: string, how = asNobody): Promise<Pair> {
  const given = pair();
  await given.make(script);
  await shell(given.here, `mkdir to state; chown ${nobody}:${nobody} to state`);
  const as =
    (verb: Pair['transfer']): Pair['transfer'] =>
    (flags) =>
      verb(flags, how);
  return { ...given, transfer: as(given.transfer), verify: as(given.verify) };
}

describe('an ordinary user', { skip, concurrency: 2 }, () => {
  test('gets all but the owners, is told so once, and a second run touches nothing', async () => {
    const given = await owned(`
      mkdir -p d/e ro; echo a >a; echo b >d/b; ln -s a l; mkfifo p; ln a d/hard; truncate -s 3M big
      truncate -s 70M d/bigger; echo r >ro/file; mkdir ro/sub; echo s >ro/sub/s; chmod 555 ro/sub ro
      touch -hd @12.5 l p d/e ro; chmod 755 .`);
    const { planned, done, ran } = await bothWays(given);
    assert.equal(ran.status, 0, ran.stderr);
    assert.deepEqual(planned, done);
    assert.deepEqual(Object.keys(ran.summary!.notices), ['owner']);
    assert.equal(await judge(given.source, given.dest, '--no-o', '--no-g'), '');
    const then = await touches(given.dest);
    const again = await given.transfer(['--verify']);
    assert.equal(again.status, 0, again.stderr);
    assert.deepEqual(said(again), []);
    assert.deepEqual(again.summary!.notices, ran.summary!.notices);
    assert.deepEqual(await touches(given.dest), then);
  });

  test('is told by a dry run what may not be read, as by the run', async () => {
    const given = await owned(
      'mkdir d; for f in a d/b c big; do echo $f >$f; done; chmod 600 a d/b; truncate -s 70M big; chmod 0 big',
    );
    const dry = await given.transfer(['--dry-run']);
    const ran = await given.transfer();
    const failed = (one: typeof ran) =>
      one.failed.map(({ path, kind, message }) => [path, kind, message]).sort();
    assert.deepEqual([dry.status, ran.status, failed(ran).length], [3, 3, 3]);
    assert.deepEqual([said(dry), failed(dry)], [said(ran), failed(ran)]);
  });

  test('gets what changes in directories that may not be written to', async () => {
    const given = await owned(`
      for d in . a a/b; do mkdir -p $d; echo 1 >$d/one; echo 2 >$d/two; truncate -s 3M $d/mid; truncate -s 70M $d/big
      ln -s x $d/link; ln $d/one $d/hard; done; mkdir a/empty; chmod 555 a/b a .`);
    assert.equal((await given.transfer()).status, 0);
    await given.make(`
      chmod -R u+w .; for d in . a a/b; do echo 1! >$d/one; ln -sf y $d/link; echo x >>$d/mid; echo x >>$d/big; ln $d/two $d/more
      rm -r $d/hard; mkdir $d/hard; done; rmdir a/empty; echo file >a/empty; chmod 555 a/b a .`);
    const { planned, done, ran } = await bothWays(given);
    assert.equal(ran.status, 0, ran.stderr);
    assert.deepEqual(planned, done);
    assert.equal(await judge(given.source, given.dest, '--no-o', '--no-g'), '');
  });

  test('gets what a list names below directories that may not be written to', async () => {
    const given =
      await owned(`mkdir -p ro/sub/deep; for f in ro/f ro/sub/f ro/sub/deep/f; do echo $f >$f; done
      chmod 555 ro/sub/deep ro/sub ro; for d in ro/sub/deep ro/sub ro .; do touch -d @12.5 $d; done`);
    const list = join(given.here, 'list');
    fs.writeFileSync(list, 'ro/sub/f\nro/sub/deep/f\n');
    const { planned, done, ran } = await bothWays(given, '--files-from', list);
    assert.equal(ran.status, 0, ran.stderr);
    assert.deepEqual(planned, done);
    assert.equal(await judge(given.source, given.dest, '--no-o', '--no-g', '--exclude=/ro/f'), '');
  });

  test('fills a read-only directory from several lanes', async () => {
    const given = await owned(
      'mkdir d; cd d; i=0; while [ $i -lt 6000 ]; do : >$i; i=$((i+1)); done; chmod 555 .',
    );
    const ran = await given.transfer(['--streams', '4']);
    assert.equal(ran.status, 0, ran.stderr.slice(0, 2000));
    assert.equal(await judge(given.source, given.dest, '--no-o', '--no-g'), '');
  });

  test('gets directories that their owner may write to but not enter, and is told of those that others may', async () => {
    const given = await owned(`
      mkdir shut open; echo f >open/f; touch -d @12.5 shut open; chmod 644 shut; chmod 645 open`);
    await shell(given.source, `chown ${nobody} shut`);
    const modes = () =>
      ['shut', 'open'].map((name) => (fs.statSync(join(given.dest, name)).mode & 0o777).toString(8));
    for (const times of [1, 2]) {
      const ran = await given.transfer(['--strategy', 'rsync']);
      assert.deepEqual([ran.status, ran.summary!.notices.mode, modes()], [0, 1, ['644', '745']], `${times}`);
    }
  });

  test('is told of each entry that may not be read, gets the others, and exits 3', async () => {
    const given = await owned(`
      mkdir d; i=0; while [ $i -lt 1000 ]; do echo $i >d/$i; i=$((i+1)); done; chmod 000 d/500; mkdir shut; echo x >shut/x
      chmod 700 shut; truncate -s 3M mid; truncate -s 70M big; chmod 600 mid big; echo l >link; chmod 200 link; ln link link2`);
    const ran = await given.transfer();
    assert.equal(ran.status, 3, ran.stderr);
    const failed = ran.failed.map(({ path, kind }) => `${kind} ${path}`).sort();
    assert.deepEqual(
      failed,
      ['d/500', 'link', 'link2', 'mid', 'big', 'shut'].map((name) => `denied ${name}`).sort(),
    );
    assert.equal(ran.summary!.tally.failed, failed.length);
    const missing = await judge(given.source, given.dest, '--no-o', '--no-g');
    const lines = missing.split('\n').filter((line) => line && !line.startsWith('.d'));
    assert.deepEqual(lines.map((line) => line.slice(12).replace(/ => .*/, '')).sort(), [
      'big',
      'd/500',
      'link',
      'link2',
      'mid',
      'shut/x',
    ]);
    assert.equal(
      (await listing(given.dest, '%f')).some((name) => name.includes('.difpipe-')),
      false,
    );
  });

  test('is told of each entry that may not be written, gets the others, and exits 3', async () => {
    const given = await owned(
      'mkdir mine theirs; echo x >mine/x; echo y >theirs/y; truncate -s 3M theirs/mid; ln -s y theirs/l',
    );
    await shell(given.here, 'mkdir to/theirs; chmod 755 to/theirs');
    const ran = await given.transfer();
    assert.equal(ran.status, 3, ran.stderr);
    const failed = ran.failed.map(({ path, kind }) => `${kind} ${path}`).sort();
    assert.deepEqual(failed, ['denied theirs/l', 'denied theirs/mid', 'denied theirs/y']);
    assert.equal(fs.readFileSync(join(given.dest, 'mine/x'), 'utf8'), 'x\n');
  });

  test('is told which source or destination may not be opened', async () => {
    const given = await owned('echo x >x; chmod 700 .');
    const ran = await given.transfer();
    assert.deepEqual([ran.status, ran.error?.kind], [1, 'denied'], ran.stderr);
    assert.match(ran.error!.message, /cannot list .*from: permission denied/);
    fs.chmodSync(given.source, 0o755);
    fs.chownSync(given.dest, 0, 0);
    fs.chmodSync(given.dest, 0o700);
    const other = await given.transfer();
    assert.deepEqual([other.status, other.error?.kind], [1, 'denied'], other.stderr);
    assert.match(other.error!.message, /cannot list .*to: permission denied/);
  });

  test('gets one file out of a directory that may not be listed', async () => {
    const given = await owned(
      'echo x >x; touch -d @5.5 x; truncate -s 3M mid; truncate -s 70M big; ln x y; chmod 711 .',
    );
    for (const name of ['x', 'mid', 'big', 'y']) {
      const words = ['transfer', join(given.source, name), given.dest];
      const ran = await run(join(given.here, 'state'), words, asNobody);
      assert.equal(ran.status, 0, ran.stderr);
    }
    assert.deepEqual(fs.readdirSync(given.dest), ['big', 'mid', 'x', 'y']);
  });

  test('gives files to groups of their own', async () => {
    const under = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--groups=1234'];
    const make = 'echo x >x; mkdir d; echo y >d/y; chown 0:1234 x d d/y; chmod 2755 d';
    const given = await owned(make, { ...asNobody, under });
    const ran = await given.transfer();
    assert.equal(ran.status, 0, ran.stderr);
    assert.deepEqual(await listing(given.dest, '%G %m').then((lines) => lines.slice(1)), [
      './d 1234 2755',
      './d/y 1234 644',
      './x 1234 644',
    ]);
    assert.deepEqual(said(await given.transfer()), []);
  });

  test('gets no setuid or setgid file of somebody else that runs as him', async () => {
    const given = await owned(`
      for at in u g b own; do echo $at >$at; done; truncate -s 3M mid; truncate -s 70M big; mkdir d
      chown ${nobody}:${nobody} own; chmod 4755 u own; chmod 2755 g d; chmod 6755 b mid big`);
    const { planned, done, ran } = await bothWays(given, '--verify');
    assert.equal(ran.status, 0, ran.stderr);
    assert.deepEqual(planned, done);
    assert.deepEqual(Object.keys(ran.summary!.notices), ['owner']);
    const modes = (await listing(given.dest, '%m')).slice(1);
    assert.deepEqual(modes.sort(), [
      './b 755',
      './big 755',
      './d 2755',
      './g 755',
      './mid 755',
      './own 4755',
      './u 755',
    ]);
    const again = await given.transfer(['--verify']);
    assert.equal(again.status, 0, again.stderr);
    assert.deepEqual(said(again), []);
    const state = join(given.here, 'roots');
    const byRoot = await run(state, ['transfer', '--verify', given.source, given.dest]);
    assert.equal(byRoot.status, 0, byRoot.stderr);
    assert.equal(await judge(given.source, given.dest), '');
  });

  test('is told in each run of attributes that he may not set, until somebody who may has set them', async () => {
    const given = await owned(
      'echo f >f; echo g >g; setfattr -n security.capability -v 0sAQAAAgAgAAAAAAAAAAAAAAAAAAA= f',
    );
    for (const flags of [[], [], ['--verify']]) {
      const { planned, done, ran } = await bothWays(given, ...flags);
      assert.equal(ran.status, 0, ran.stderr);
      assert.deepEqual(planned, done);
      assert.equal(ran.summary!.notices.xattr, 1);
    }
    const rights = ['--inh-caps=+setfcap', '--ambient-caps=+setfcap'];
    const may = { ...asNobody, under: [...asNobody.under!, ...rights] };
    const words = ['transfer', '-v', given.source, given.dest];
    assert.deepEqual(said(await run(join(given.here, 'state'), words, may)), ['repair f']);
    assert.equal(await judge(given.source, given.dest, '--no-o', '--no-g'), '');
  });

  test('makes no devices, and is told so', async () => {
    const given = await owned('mknod null c 1 3; mknod disk b 7 9; ln disk again; echo x >x');
    const { planned, done, ran } = await bothWays(given, '--verify');
    assert.equal(ran.status, 0, ran.stderr);
    assert.deepEqual(planned, done);
    assert.equal(ran.summary!.notices.special, 3);
    assert.deepEqual(fs.readdirSync(given.dest), ['x']);
  });
});

test('root reads and keeps directories and files that allow nobody anything', { skip }, async () => {
  const given = pair();
  await given.make(
    'mkdir -m 000 shut; echo x >shut/x; chmod 000 shut/x; mkdir -m 2000 odd; mkdir -m 555 ro; echo y >ro/y',
  );
  const { planned, done, ran } = await bothWays(given);
  assert.equal(ran.status, 0, ran.stderr);
  assert.deepEqual(planned, done);
  assert.equal(await judge(given.source, given.dest), '');
});
