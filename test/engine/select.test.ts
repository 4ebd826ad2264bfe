import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { judge, listing } from '../judge.ts';
import { needs } from '../peer.ts';
import { bothWays, type Pair, pair } from './pair.ts';
import { ended, shell } from './run.ts';

const skip = needs('rsync');

/** Names of everything below a directory. */
const names = async (root: string) => (await listing(root, '%y')).filter((line) => !line.startsWith('. '));

async function rich(): Promise<Pair> {
  const given = pair();
  await given.make(`
    mkdir -p src/lib/deep build/lib docs 'sp ace/in' empty .git/objects
    for d in . src src/lib src/lib/deep build build/lib docs 'sp ace' 'sp ace/in' .git/objects; do
      for f in a.c a.o b.tmp README '#old#' 'x y' core .hidden; do echo "$d/$f" >"$d/$f"; done; done
    ln -s ../docs src/link; ln -s a.c link.o; mkfifo build/pipe; ln src/a.c src/lib/hard.c
    touch -d @1000000.5 src docs build .`);
  return given;
}

describe('--include, --exclude and --filter-from', { skip, concurrency: 2 }, () => {
  const lists: readonly (readonly string[])[] = [
    ['+ *.c', '+ */', '- *'],
    ['- /build', '- lib/***', '- *.tmp'],
    ['+ src/', '+ src/lib/', '+ src/lib/**', '- *'],
    ['- .*', '- sp ace/', '- **/deep/**', '- #old#', '- [ab].?'],
  ];
  for (const rules of lists) {
    test(`keep what rsync keeps: ${rules.join(', ')}`, async () => {
      const given = await rich();
      const other = join(given.here, 'other');
      const words = rules.map((rule) => `--filter=${rule}`);
      const rsync = spawnSync('rsync', ['-aHAXS', ...words, `${given.source}/`, other]);
      assert.equal(rsync.status, 0, rsync.stderr.toString());
      const list = join(given.here, 'rules');
      fs.writeFileSync(list, `# a comment\n\n${rules.join('\n')}\n`);
      const { planned, done, ran } = await bothWays(given, '--filter-from', list);
      assert.equal(ran.status, 0, ran.stderr);
      assert.equal(await judge(other, given.dest), '');
      assert.deepEqual(planned, done);
      const flags = rules.flatMap((rule) => [
        rule.startsWith('+') ? '--include' : '--exclude',
        rule.slice(2),
      ]);
      assert.deepEqual((await given.transfer(flags)).entries, []);
    });
  }
});

describe('--files-from and --files-from0', { skip, concurrency: 2 }, () => {
  const list = ['src/lib/a.c', 'docs', './build//pipe', '/README', 'src/link', '.git/objects/core'];
  const expected = [
    './.git d',
    './.git/objects d',
    './.git/objects/core f',
    './README f',
    './build d',
    './build/pipe p',
    './docs d',
    './src d',
    './src/lib d',
    './src/lib/a.c f',
    './src/link l',
  ];

  test('bring what is listed and the directories above it, as a dry run says', async () => {
    const given = await rich();
    const file = join(given.here, 'list');
    fs.writeFileSync(file, `${list.join('\n')}\n`);
    const { planned, done, ran } = await bothWays(given, '--files-from', file);
    assert.equal(ran.status, 0, ran.stderr);
    assert.deepEqual(await names(given.dest), expected);
    assert.deepEqual(planned, done);
    const flags = ['--dirs', '--include-from=-', '--exclude=*'];
    const words = ['-naHAXSi', ...flags, `${given.source}/`, `${given.dest}/`];
    const input = `${expected.map((line) => line.slice(1, -2)).join('\n')}\n`;
    const child = spawnSync('rsync', words, { input });
    assert.equal(child.stdout.toString(), '', child.stderr.toString());
    assert.deepEqual((await given.transfer(['--files-from', file])).entries, []);
  });

  test('read standard input, with or without an end on the last line', async () => {
    const given = await rich();
    const ran = await given.transfer(['--files-from0', '-'], { input: `${list.join('\0')}` });
    assert.equal(ran.status, 0, ran.stderr);
    assert.deepEqual(await names(given.dest), expected);
  });

  test('bring once what is listed twice, in one place or far apart', async () => {
    const given = await rich();
    const filler = Array.from({ length: 3000 }, (_, n) => `many/${n}\n`).join('');
    await given.make('mkdir many; cd many; i=0; while [ $i -lt 3000 ]; do : >$i; i=$((i+1)); done');
    const twice = 'src/a.c\nsrc/a.c\nsrc/link\nbuild\n';
    const ran = await given.transfer(['--files-from', '-'], { input: `${twice}${filler}${twice}${filler}` });
    assert.equal(ran.status, 0, ran.stderr);
    assert.equal(ran.summary!.tally.copied, 3001);
  });

  test('make directories in the place of what is none, whether they are listed or only above what is', async () => {
    const given = pair();
    await given.make('mkdir -p a/b c d; for d in a a/b c d; do echo $d >$d/f; done');
    for (const list of ['a\na/f\na/b\na/b/f\nc\nc/f\nd\n', 'a/b/f\na/f\nc/f\nd/f\n']) {
      await shell(given.here, 'rm -rf to; mkdir to outside; touch to/a; ln -s ../outside to/c; mkfifo to/d');
      const { planned, done, ran } = await bothWays(given, '--files-from', await listOf(given, list));
      assert.equal(ran.status, 0, ran.stderr);
      assert.deepEqual(planned, done);
      assert.deepEqual(await names(join(given.here, 'outside')), []);
      await shell(given.here, 'cp -a from/d/f to/d; rmdir outside; touch -r from/d to/d');
      assert.equal(await judge(given.source, given.dest), '');
    }
  });

  test('take any name that is not on a line of its own', async () => {
    const given = pair();
    const hard = ['new\nline', '-rf', ' a ', '\xff\xfe', '$(touch pwned)', '*'];
    for (const name of hard) fs.writeFileSync(Buffer.from(`${given.source}/${name}`, 'latin1'), name);
    fs.writeFileSync(join(given.source, 'not listed'), '');
    const input = Buffer.from(hard.join('\0'), 'latin1');
    const ran = await given.transfer(['--files-from0', '-'], { input });
    assert.equal(ran.status, 0, ran.stderr);
    assert.deepEqual((await names(given.dest)).length, hard.length);
  });

  test('name what is missing, bring the rest, and exit 3', async () => {
    const given = await rich();
    const input = 'docs/a.c\nno such\nnodir/x\nnodir/y\nREADME/z\nsrc/link/a.c\nsrc/a.c\n';
    const ran = await given.transfer(['--files-from', '-'], { input });
    assert.equal(ran.status, 3, ran.stderr);
    const failed = ran.failed.map(({ path, kind }) => `${kind} ${path}`).sort();
    assert.deepEqual(failed, [
      'missing README/z',
      'missing no such',
      'missing nodir/x',
      'missing nodir/y',
      'missing src/link/a.c',
    ]);
    assert.equal(ran.summary!.tally.failed + ran.summary!.tally.refused, 5);
    assert.deepEqual(await names(given.dest), ['./docs d', './docs/a.c f', './src d', './src/a.c f']);
  });

  test('list a directory for itself, the source too, and nothing below it', async () => {
    const given = await rich();
    const { planned, done } = await bothWays(
      given,
      '--files-from',
      await listOf(given, '.\nsrc\nsrc/lib/\n'),
    );
    assert.deepEqual(await names(given.dest), ['./src d', './src/lib d']);
    assert.deepEqual(planned, done);
    const [of, at] = await Promise.all([given.source, given.dest].map((root) => listing(root, '%T@ %m')));
    assert.ok(at!.every((line) => of!.includes(line)));
  });

  for (const path of ['../out', 'src/../../out', '..']) {
    test(`refuse ${path}`, async () => {
      const given = await rich();
      const ran = await given.transfer(['--files-from', '-'], { input: `README\n${path}\n` });
      assert.equal(ran.status, 2);
      assert.match(ran.error!.message, /leads out of the source/);
      assert.equal(fs.existsSync(join(given.dest, 'README')), false);
    });
  }

  test('bring hard links, also of large files, as they are listed', async () => {
    const given = pair();
    await given.make(
      'mkdir a b c; echo x >a/x; ln a/x b/x; ln a/x c/x; truncate -s 70M a/big; ln a/big b/big',
    );
    const input = 'a/x\nb/x\na/big\nb/big\n';
    const { planned, done, ran } = await bothWays(given, '--files-from', await listOf(given, input));
    assert.equal(ran.status, 0, ran.stderr);
    assert.deepEqual(planned, done);
    assert.deepEqual(
      (await listing(given.dest, '%y %n %s')).filter((line) => line.includes(' f ')),
      ['./a/big f 2 73400320', './a/x f 2 2', './b/big f 2 73400320', './b/x f 2 2'],
    );
  });

  test('are read twice by --verify, which standard input cannot give', async () => {
    const given = await rich();
    const ran = await given.transfer(['--verify', '--files-from', '-'], { input: 'README\n' });
    assert.equal(ran.status, 2);
    assert.match(ran.error!.hint, /file/);
  });
});

async function listOf({ here }: Pair, text: string): Promise<string> {
  const path = join(here, 'listed');
  fs.writeFileSync(path, text);
  return path;
}

test('--one-file-system brings mount points, and nothing below them', {
  skip: needs('rsync', 'root'),
}, async () => {
  const given = await rich();
  const mount = join(given.source, 'docs/mounted');
  fs.mkdirSync(mount);
  await shell('/', 'mount -t tmpfs -o mode=750 none "$0"; echo in >"$0/in"; mkdir "$0/dir"', mount);
  try {
    const { planned, done, ran } = await bothWays(given, '--one-file-system');
    assert.equal(ran.status, 0, ran.stderr);
    assert.deepEqual(ran.summary!.notices, { mount: 1 });
    assert.equal(await judge(given.source, given.dest, '--one-file-system'), '');
    assert.deepEqual(planned, done);
  } finally {
    await shell('/', 'umount "$0"', mount);
  }
});

test('a file system mounted at the destination is written to, and to disk', {
  skip: needs('rsync', 'root'),
}, async () => {
  const given = await rich();
  const mount = join(given.dest, 'src/lib');
  fs.mkdirSync(mount, { recursive: true });
  await shell('/', 'mount -t tmpfs none "$0"', mount);
  try {
    const ran = await given.transfer();
    assert.equal(ran.status, 0, ran.stderr);
    assert.deepEqual(ran.summary!.notices, { hardlink: 1 });
    assert.equal(await judge(given.source, given.dest, '--no-H'), '');
    assert.deepEqual((await given.transfer()).entries, []);
  } finally {
    await ended(await import('node:child_process').then(({ spawn }) => spawn('umount', [mount])));
  }
});
