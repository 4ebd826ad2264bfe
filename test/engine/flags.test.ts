import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { judge, listing } from '../judge.ts';
import { needs } from '../peer.ts';
import { solid } from '../trees.ts';
import { bothWays, pair, said } from './pair.ts';
import { shell } from './run.ts';

const skip = needs('rsync', 'root', 'xattrs');

async function everything() {
  const given = pair('disk');
  await given.make(`
    umask 022; mkdir -m 2751 d; echo a >a; echo b >d/b; chmod 640 a; ln a d/hard; ln -s a l; mkfifo p; mknod n c 1 3
    truncate -s 1M sparse; echo x >>sparse; truncate -s 70M big; echo x >>big; truncate -s 3M mid
    setfattr -n user.u -v 1 a; setfattr -n user.u -v 1 d; setfacl -m u:7:rw a; setfacl -m d:u:8:rwx d; chown 12:34 a d big
    chown -h 5:6 l; touch -hd @1.5 a d/b l p big mid d .`);
  return given;
}

describe('--no-preserve', { skip, concurrency: 2 }, () => {
  const out: Readonly<Record<string, readonly string[]>> = {
    mode: ['--no-p', '--no-A'],
    owner: ['--no-o', '--no-g'],
    times: ['--no-t'],
    hardlinks: ['--no-H'],
    xattrs: ['--no-X'],
    acls: ['--no-A', '--no-p'],
    sparse: [],
    specials: ['--no-D'],
  };
  for (const [what, flags] of Object.entries(out)) {
    test(`${what} leaves that out, keeps the rest, and a second run moves nothing`, async () => {
      const given = await everything();
      const ran = await given.transfer(['--no-preserve', what]);
      assert.equal(ran.status, 0, ran.stderr);
      const told = await judge(given.source, given.dest, ...flags);
      assert.equal(told.replace(/^skipping non-regular file .*\n/gm, ''), '');
      assert.deepEqual(said(await given.transfer(['--no-preserve', what])), []);
    });
  }

  test('times compares contents, and not those that neither side changed', async () => {
    const given = pair();
    const all = ['b', 'e', 'f', 'm', 's'];
    await given.make('for f in f s e; do echo newer >$f; done; mkdir d');
    for (const [name, bytes] of [['m', 3] as const, ['b', 66] as const])
      solid(join(given.source, name), bytes * 2 ** 20);
    const without = ['--no-preserve', 'times'];
    await given.transfer(without);
    assert.deepEqual(said(await given.transfer(without)), []);
    await given.make(
      `echo older >f; echo newer >s; for f in m b; do printf X | dd of=$f conv=notrunc status=none; done
       touch -d 2020-01-01 ./*`,
    );
    await shell(given.dest, 'echo other >e; touch -r f e');
    const { planned, done, ran } = await bothWays(given, ...without);
    assert.equal(ran.status, 0, ran.stderr);
    assert.deepEqual(planned, done);
    assert.deepEqual(
      done,
      all.filter((name) => name !== 's').map((name) => `update ${name}`),
    );
    assert.equal(await judge(given.source, given.dest, '--no-t'), '');
    assert.deepEqual(said(await given.transfer(without)), []);
  });

  test('of all is what cp makes of it, with the umask of the user', async () => {
    const given = await everything();
    const all = Object.keys(out).join(',');
    const umask = (script: string) => ({ under: ['sh', '-c', `umask ${script}; exec "$@"`, 'sh'] });
    const ran = await given.transfer(['--no-preserve', all], umask('027'));
    assert.equal(ran.status, 0, ran.stderr);
    const modes = await listing(given.dest, '%m %n %U');
    for (const line of ['./a 640 1 0', './d/b 640 1 0', './d/hard 640 1 0', './mid 640 1 0', './big 640 1 0'])
      assert.ok(modes.includes(line), `${line} in ${modes}`);
    assert.match(modes.join('\n'), /^\.\/d 750 /m);
    assert.equal(fs.existsSync(join(given.dest, 'p')), false);
    const verified = await given.verify(['--no-preserve', all, '--checksum']);
    assert.deepEqual([verified.status, verified.differences], [0, []]);
    assert.ok(fs.statSync(join(given.dest, 'a')).mtimeMs > 1e12);
    assert.ok(fs.statSync(join(given.dest, 'sparse')).blocks * 512 >= 1024 * 1024);
    fs.rmSync(given.dest, { recursive: true });
    const list = join(given.here, 'list');
    fs.writeFileSync(list, 'd/b\n');
    await given.transfer(['--no-preserve', 'mode', '--files-from', list], umask('027'));
    assert.equal(fs.statSync(join(given.dest, 'd')).mode & 0o7777, 0o750);
  });
});

for (const strategy of ['parallel', 'rsync'])
  test(`--no-preserve mode by ${strategy} leaves it to the umask of the user, up to the root`, {
    skip,
  }, async () => {
    const given = pair();
    await given.make('umask 0; chmod 777 .; mkdir d; echo a >a; echo b >d/b');
    const under = ['sh', '-c', 'umask 027; exec "$@"', 'sh'];
    const ran = await given.transfer(['--strategy', strategy, '--no-preserve', 'mode'], { under });
    assert.equal(ran.status, 0, ran.stderr);
    const modes = await listing(given.dest, '%m');
    assert.deepEqual(modes, ['. 750', './a 640', './d 750', './d/b 640']);
  });

describe('--checksum', { skip, concurrency: 2 }, () => {
  test('copies other bytes of the same size and time, and only puts the time of the same bytes right', async () => {
    const given = pair();
    const both = 'same other empty mid big hard';
    await given.make(`for f in ${both}; do echo "$f 1" >$f; done; : >empty; ln hard link`);
    solid(join(given.source, 'mid'), 3 * 2 ** 20);
    solid(join(given.source, 'big'), 66 * 2 ** 20);
    await given.transfer();
    await given.make(`for f in other mid big hard; do cp -p $f ../time; echo X | dd of=$f conv=notrunc status=none
      touch -r ../time $f; done; touch -d @99.5 same empty`);
    assert.deepEqual(
      said(await given.transfer(['--dry-run'])),
      ['repair empty', 'update same'].slice(1).concat('update empty').sort(),
    );
    const inode = fs.statSync(join(given.dest, 'same')).ino;
    const { planned, done, ran } = await bothWays(given, '--checksum');
    assert.equal(ran.status, 0, ran.stderr);
    assert.deepEqual(planned, done);
    assert.deepEqual(done, [
      'link link',
      'repair empty',
      'repair same',
      'update big',
      'update hard',
      'update mid',
      'update other',
    ]);
    assert.equal(fs.statSync(join(given.dest, 'same')).ino, inode);
    assert.equal(await judge(given.source, given.dest), '');
  });
});

describe('verify', { skip, concurrency: 2 }, () => {
  test('names every kind of difference, and exits 4', async () => {
    const given = await everything();
    assert.equal((await given.transfer(['--verify'])).status, 0);
    assert.deepEqual((await given.verify(['--checksum'])).differences, []);
    await shell(
      given.dest,
      `
      echo Z >>d/b; touch -d @1.5 d/b; chmod 600 mid; touch -d @2 big; ln -sfn b l; touch -hd @1.5 l; chown -h 5:6 l
      rm p; mkfifo q; rm n; mknod n c 1 5; setfattr -x user.u a; setfacl -b d; rm d/hard; cp -a a d/hard
      touch -r ../from/d d; touch -r ../from .`,
    );
    const found = await given.verify();
    assert.equal(found.status, 4);
    const what = Object.fromEntries(
      found.differences.map((one) => [one.path, [...one.what].sort().join(',')]),
    );
    assert.deepEqual(
      what['d/hard'] ?? what.a,
      'links,xattr'.includes('links') ? (what['d/hard'] ?? what.a) : '',
    );
    assert.deepEqual(what['d/b'], 'size');
    assert.deepEqual(what.mid, 'mode');
    assert.deepEqual(what.big, 'time');
    assert.match(what.l!, /target/);
    assert.deepEqual([what.p, what.q], ['missing', 'extra']);
    assert.match(what.n!, /device/);
    assert.match(what.d!, /acl/);
    assert.ok(found.differences.some((one) => one.what.includes('xattr')));
    assert.ok(found.differences.some((one) => one.what.includes('links')));
  });

  test('--checksum finds bytes that changed under the same size and time, in files of every size', async () => {
    const given = pair();
    solid(join(given.source, 'mid'), 3 * 2 ** 20);
    solid(join(given.source, 'big'), 66 * 2 ** 20);
    await given.make('echo 12345 >small; : >empty');
    await given.transfer();
    await shell(
      given.dest,
      `for f in small mid big; do printf X | dd of=$f bs=1 seek=4 conv=notrunc status=none
      touch -r ../from/$f $f; done`,
    );
    assert.equal((await given.verify()).status, 0);
    const found = await given.verify(['--checksum']);
    assert.equal(found.status, 4);
    assert.deepEqual(found.differences.map(({ path, what }) => `${what} ${path}`).sort(), [
      'content big',
      'content mid',
      'content small',
    ]);
    const mended = await given.transfer(['--checksum', '--verify']);
    assert.equal(mended.status, 0, mended.stderr);
    assert.equal(await judge(given.source, given.dest), '');
  });

  test('transfer --verify exits 4 where a file changed meanwhile under the same size and time', async () => {
    const given = pair();
    await given.make('echo 12345 >small');
    await given.transfer();
    await shell(
      given.dest,
      'printf X | dd of=small bs=1 conv=notrunc status=none; touch -r ../from/small small',
    );
    const found = await given.transfer(['--verify']);
    assert.equal(found.status, 4, found.stderr);
    assert.equal(found.summary!.outcome, 'different');
  });
});

describe('--streams and --bwlimit', { skip, concurrency: 2 }, () => {
  for (const streams of ['1', '4', '9']) {
    test(`${streams} lanes bring the same`, async () => {
      const given = pair();
      for (let n = 0; n < 2400; n++) {
        const dir = join(given.source, `${n % 8}`, `${n % 24}`);
        fs.mkdirSync(dir, { recursive: true });
        fs.writeFileSync(join(dir, `${n}`), `${n}`);
        if (n % 4 === 0) fs.linkSync(join(dir, `${n}`), join(given.source, `link ${n}`));
      }
      solid(join(given.source, 'big'), 130 * 2 ** 20);
      const ran = await given.transfer(['--streams', streams]);
      assert.equal(ran.status, 0, ran.stderr);
      assert.equal(await judge(given.source, given.dest), '');
    });
  }

  test('a dry run with a rate names what is in the way, as the run does', async () => {
    const given = pair();
    await given.make('for n in full again empty; do echo x >$n; done; ln full linked');
    await shell(given.here, 'mkdir -p to/full/in to/linked/in to/again/in to/empty; chmod 0 to/again');
    const { planned, done, ran } = await bothWays(given, '--bwlimit', '1G');
    assert.deepEqual([ran.status, planned], [3, done], ran.stderr);
    const kinds = ran.failed.map(({ path, kind }) => `${kind} ${path}`).sort();
    assert.deepEqual(kinds, ['conflict again', 'conflict full', 'conflict linked']);
  });

  test('a rate holds for all lanes together', async () => {
    const given = pair();
    await given.make('i=0; while [ $i -lt 400 ]; do truncate -s 8K $i; echo x >>$i; i=$((i+1)); done');
    solid(join(given.source, 'big'), 70 * 2 ** 20);
    const ran = await given.transfer(['--bwlimit', '32M', '--no-preserve', 'sparse']);
    assert.equal(ran.status, 0, ran.stderr);
    assert.ok(ran.summary!.elapsedMs > 1900, `${ran.summary!.elapsedMs} ms`);
    assert.equal(await judge(given.source, given.dest), '');
  });
});
