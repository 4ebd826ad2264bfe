import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { program, programWith } from '../built.ts';
import { difpipe, directory, environment, objects } from './difpipe.ts';
import { names, tree } from './trees.ts';

const small = { 'a.txt': 'a', 'b.tmp': 'bb', 'sub/c.txt': 'ccc', 'sub/d.tmp': 'dddd' };

function place(entries: Readonly<Record<string, string | Buffer>> = small) {
  const here = directory();
  return { here, source: tree(join(here, 'from'), entries), dest: join(here, 'to') };
}

test('transfer says on standard error what was moved, and nothing on standard output', () => {
  const { source, dest } = place();
  const { status, stdout, stderr } = difpipe(['transfer', source, dest]);
  assert.deepEqual({ status, stdout }, { status: 0, stdout: '' }, stderr);
  assert.match(
    stderr,
    /^done: moved 4 files \(10 B\), skipped 0 \(0 B\), repaired 0, linked 0, made \d+, failed 0, refused 0$/m,
  );
  assert.match(stderr, /^took [\d.]+ s, .*\/s/m);
  assert.deepEqual(names(dest), names(source));
});

test('cp is transfer, and a second run skips everything', () => {
  const { source, dest } = place();
  difpipe(['cp', source, dest]);
  const { status, stderr } = difpipe(['cp', source, dest]);
  assert.equal(status, 0);
  assert.match(stderr, /^done: moved 0 files \(0 B\), skipped \d+ \(10 B\)/m);
});

test('transfer --quiet says nothing when all is well', () => {
  const { source, dest } = place();
  assert.deepEqual(difpipe(['transfer', '--quiet', source, dest]), { status: 0, stdout: '', stderr: '' });
});

test('transfer -v prints each entry as a result, and a dry run prints the same and does nothing', () => {
  const { source, dest } = place();
  const dry = difpipe(['transfer', '--dry-run', source, dest]);
  assert.equal(dry.status, 0, dry.stderr);
  assert.match(dry.stderr, /dry run: nothing was changed\): would move 4 files/);
  assert.deepEqual(names(dest), []);
  const wet = difpipe(['transfer', '-v', source, dest]);
  const lines = (text: string) => text.trimEnd().split('\n').sort();
  assert.deepEqual(lines(dry.stdout), lines(wet.stdout));
  assert.ok(lines(wet.stdout).includes('copy    sub/c.txt'));
  assert.match(wet.stderr, /^run \S+: .* to .*\nplan: parallel, /m);
});

test('a dry run says what the run itself would take, and not why that is another time than its own', () => {
  const { source, dest } = place();
  const { stdout } = difpipe(['transfer', '-n', '--json', source, dest]);
  const { predictedMs, whyOff } = objects(stdout).at(-1)!;
  assert.equal(typeof predictedMs, 'number');
  assert.equal(whyOff, null);
});

test('what a dry run says that the run itself would take has the time in it in which that compares', () => {
  const { source, dest } = place({ large: Buffer.alloc(20_000_000, 'l') });
  const takesMs = (...flags: string[]) => {
    const { stdout } = difpipe(['transfer', '-n', '--json', ...flags, source, dest]);
    return objects(stdout).at(-1)!.predictedMs as number;
  };
  assert.ok(takesMs('--verify') > takesMs() + 1);
});

test('transfer --json prints one object per line, started first and finished last', () => {
  const { source, dest } = place();
  const { status, stdout, stderr } = difpipe(['transfer', '--json', '-v', source, dest]);
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  const events = objects(stdout);
  assert.ok(events.every(({ schema }) => schema === 1));
  const types = events.map(({ type }) => type);
  assert.deepEqual([types[0], types[1], types.at(-1)], ['started', 'planned', 'finished']);
  assert.equal(types.filter((type) => type === 'entry').length, 5);
  const { outcome, exitCode, tally } = events.at(-1) as { outcome: string; exitCode: number; tally: object };
  assert.deepEqual({ outcome, exitCode }, { outcome: 'done', exitCode: 0 });
  assert.equal((tally as { copied: number }).copied, 4);
});

test('transfer takes the first rule that matches, in the order of the command line across its flags', () => {
  const { here, source, dest } = place();
  fs.writeFileSync(join(here, 'rules'), '# mine\n- *.tmp\n');
  const first = ['--include', 'b.tmp', '--filter-from', join(here, 'rules'), '--include', 'd.tmp'];
  assert.equal(difpipe(['transfer', ...first, source, dest]).status, 0);
  assert.deepEqual(names(dest), ['a.txt', 'b.tmp', 'sub', 'sub/c.txt']);
  const second = ['--filter-from', join(here, 'rules'), '--include', 'b.tmp', '--exclude', '*.txt'];
  assert.equal(difpipe(['transfer', ...second, source, join(here, 'other')]).status, 0);
  assert.deepEqual(names(join(here, 'other')), ['sub']);
});

test('transfer --files-from reads standard input, --files-from0 a file with any names', () => {
  const { here, source, dest } = place({ ...small, 'new\nline': 'n' });
  const listed = difpipe(['transfer', '--files-from', '-', source, dest], { input: 'a.txt\nsub/c.txt\n' });
  assert.equal(listed.status, 0, listed.stderr);
  assert.deepEqual(names(dest), ['a.txt', 'sub', 'sub/c.txt']);
  fs.writeFileSync(join(here, 'list'), 'new\nline\0');
  assert.equal(difpipe(['transfer', '--files-from0', 'list', source, dest], { cwd: here }).status, 0);
  assert.ok(names(dest).includes('new\nline'));
});

test('transfer puts a file into a directory, or where DEST ends in a slash, and else to DEST', () => {
  const { here } = place();
  const run = (dest: string) => difpipe(['transfer', '--quiet', 'from/a.txt', dest], { cwd: here });
  for (const dest of ['copy.txt', 'made/'])
    assert.deepEqual(run(dest), { status: 0, stdout: '', stderr: '' });
  fs.mkdirSync(join(here, 'there'));
  assert.equal(run('there').status, 0);
  for (const path of ['copy.txt', 'made/a.txt', 'there/a.txt']) {
    assert.equal(fs.readFileSync(join(here, path), 'utf8'), 'a');
  }
});

test('transfer takes what follows -- for places, whatever they begin with', () => {
  const { here } = place({});
  tree(join(here, '-rf'), { $HOME: 'h', "it's": 'i' });
  assert.equal(difpipe(['transfer', '--', '-rf', '--dest'], { cwd: here }).status, 0);
  assert.deepEqual(names(join(here, '--dest')), ['$HOME', "it's"]);
});

test('transfer reads and writes places whose names are not UTF-8', () => {
  const here = directory();
  const source = Buffer.from(`${here}/caf\xe9`, 'latin1');
  fs.mkdirSync(source);
  fs.writeFileSync(Buffer.concat([source, Buffer.from('/\xff', 'latin1')]), 'x');
  const script = `exec "$@" transfer --json -v "$0/$(printf 'caf\\351')" "$0/$(printf '\\344')"`;
  const { status, stdout } = spawnSync('sh', ['-c', script, here, ...program], { env: environment() });
  assert.equal(status, 0);
  assert.ok(fs.existsSync(Buffer.from(`${here}/\xe4/\xff`, 'latin1')));
  const events = objects(stdout.toString());
  assert.equal(events[0]!.source, `file://${here}/caf%E9`);
  const bytes = events.map(({ pathBase64 }) => pathBase64).filter(Boolean);
  assert.deepEqual(bytes, [Buffer.from('\xff', 'latin1').toString('base64')]);
});

test('transfer names what failed on standard error, exits 3, and runs show and retry know it', () => {
  const { source, dest } = place({ good: 'g', 'in the\x1bway': 'x' });
  tree(dest, { 'in the\x1bway/kept': 'k' });
  const { status, stdout, stderr } = difpipe(['transfer', source, dest]);
  assert.deepEqual({ status, stdout }, { status: 3, stdout: '' });
  assert.match(stderr, /^difpipe: \$'in the\\033way': cannot .+; .+$/m);
  assert.match(stderr, /^partial: moved 1 file .* failed 1, refused 0$/m);
  const run = /difpipe runs retry (\S+)/.exec(stderr)![1]!;
  const shown = difpipe(['runs', 'show', run]);
  assert.equal(shown.status, 0, shown.stderr);
  assert.match(shown.stdout, /^state +partial$/m);
  assert.match(shown.stdout, /^difpipe: \$'in the\\033way': cannot/m);
  const [row, failed] = objects(difpipe(['runs', 'show', '--json', run]).stdout);
  assert.deepEqual(
    [row!.type, row!.failures, failed!.type, failed!.path],
    ['run', 1, 'failed', 'in the\x1bway'],
  );
  fs.rmSync(join(dest, 'in the\x1bway'), { recursive: true });
  fs.writeFileSync(join(source, 'new'), 'n');
  const again = difpipe(['runs', 'retry', run]);
  assert.equal(again.status, 0, again.stderr);
  assert.deepEqual(names(dest), ['good', 'in the\x1bway']);
});

test('the short flags that hands know are there: -n, -c, -x, -q and -v', () => {
  const { source, dest } = place({ a: 'one' });
  assert.match(difpipe(['transfer', '-nxc', source, dest]).stdout, /^copy +a$/m);
  assert.ok(!fs.existsSync(dest));
  const quiet = difpipe(['transfer', '-xq', source, dest]);
  assert.deepEqual(quiet, { status: 0, stdout: '', stderr: '' });
  const { mtime } = fs.statSync(join(source, 'a'));
  fs.writeFileSync(join(source, 'a'), 'two');
  fs.utimesSync(join(source, 'a'), mtime, mtime);
  assert.equal(difpipe(['transfer', '-cq', source, dest]).status, 0);
  assert.equal(fs.readFileSync(join(dest, 'a'), 'utf8'), 'two');
});

test('runs retry of a list that is verified compares what it tried again, and nothing else', () => {
  const { source, dest } = place({ 'dir/a': 'a', 'dir/b': 'b', other: 'not in the list' });
  tree(dest, { 'dir/a/kept': 'k' });
  const list = join(source, '..', 'list');
  fs.writeFileSync(list, 'dir/a\ndir/b\n');
  const first = difpipe(['transfer', '--verify', '--files-from', list, source, dest]);
  const run = /difpipe runs retry (\S+)/.exec(first.stderr)![1]!;
  fs.rmSync(join(dest, 'dir/a'), { recursive: true });
  const again = difpipe(['runs', 'retry', run]);
  assert.equal(again.status, 0, again.stderr);
  assert.deepEqual(names(join(dest, 'dir')), ['a', 'b']);
  fs.writeFileSync(join(dest, 'dir/b'), 'c');
  assert.equal(difpipe(['runs', 'retry', run]).status, 0);
});

test('transfer goes on when the reader of its results goes away, and a dry run stops without a word', () => {
  const { source, dest } = place(
    Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`${i}-${'long'.repeat(50)}`, ''])), // more than a pipe holds
  );
  const head = (words: string) => {
    const script = `{ "$@" ${words} "$SOURCE" "$DEST"; echo "code $?" >&2; } | head -n 1`;
    return spawnSync('sh', ['-c', script, 'sh', ...program], {
      env: environment({ SOURCE: source, DEST: dest }),
      encoding: 'utf8',
    });
  };
  const dry = head('transfer --dry-run');
  assert.deepEqual(dry.stdout.trimEnd().split('\n').length, 1);
  assert.equal(dry.stderr, 'code 141\n');
  const wet = head('transfer -v');
  assert.match(wet.stderr, /code 0\n$/);
  assert.doesNotMatch(wet.stderr, /EPIPE|Error|bug/);
  assert.equal(names(dest).length, 5000);
});

for (const verb of ['transfer -v', 'ls', 'verify'])
  test(`results of ${verb} that cannot be written are an error`, () => {
    const { source, dest } = place();
    if (verb === 'verify') fs.mkdirSync(dest);
    const words = [...verb.split(' '), source, ...(verb === 'ls' ? [] : [dest])];
    const full = fs.openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(...programWith(...words), {
      stdio: ['ignore', full, 'pipe'],
      env: environment(),
      encoding: 'utf8',
    });
    fs.closeSync(full);
    assert.equal(status, 1);
    assert.match(stderr, /^difpipe: cannot write results: no space left on device$/m);
  });

test('transfer takes 0 and off for no limit of its rate', () => {
  for (const rate of ['0', 'off']) {
    const { source, dest } = place();
    assert.equal(difpipe(['transfer', '--bwlimit', rate, source, dest]).status, 0);
  }
});

test('a state directory that cannot be used is named', () => {
  const { here, source, dest } = place();
  const file = join(here, 'no-directory');
  fs.writeFileSync(file, '');
  const { status, stderr } = difpipe(['transfer', '--state-dir', file, source, dest], { cwd: here });
  assert.equal(status, 2);
  assert.match(stderr, /^difpipe: .*\/no-directory.*\n$/);
});
