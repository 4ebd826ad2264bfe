import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { program } from '../built.ts';
import { needs } from '../peer.ts';
import { makeImage, mounted, place } from './ground.ts';
import { assertSame, runTo, strays } from './program.ts';

// What an ordinary user reads. That all the rest arrives, of any kind, is in test/engine/rights.test.ts.

const nobody = 65534;
const asNobody = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];

const tree = `
  mkdir d shut ro ro/sub; i=0; while [ $i -lt 1000 ]; do echo $i >d/$i; i=$((i+1)); done; chmod 000 d/500
  echo x >shut/x; chmod 700 shut; echo r >ro/sub/file; chmod 555 ro/sub ro; mknod null c 1 3; mknod disk b 7 0`;

test('an ordinary user reads what is not there, each by name, and what is lost, once per kind', {
  skip: needs('root', 'setpriv', 'rsync'),
}, () => {
  using here = place();
  const [source, dest, state] = ['from', 'to', 'state'].map((name) => join(here.path, name)) as Three;
  for (const dir of [source, dest, state]) fs.mkdirSync(dir);
  for (const dir of [dest, state]) fs.chownSync(dir, nobody, nobody);
  execFileSync('sh', ['-euc', tree], { cwd: source });
  const [command, ...words] = [...asNobody, ...program, 'transfer', source, dest, '--state-dir', state];
  const env = { ...process.env, HOME: '/', NODE_COMPILE_CACHE: undefined };
  const { status, stdout, stderr } = spawnSync(command!, words, { cwd: '/', env, encoding: 'utf8' });
  assert.deepEqual([status, stdout], [3, ''], stderr);
  const lines = stderr.trimEnd().split('\n');
  const why = 'cannot read it: permission denied; check who owns it, or run as a user who may';
  assert.deepEqual(lines.slice(0, 2).sort(), [`difpipe: d/500: ${why}`, `difpipe: shut: ${why}`]);
  assert.match(lines[2]!, /^1,00\d entries: owner not kept, /);
  assert.match(lines[3]!, /^2 entries: special files not made: /);
  assert.match(lines[4]!, /^partial: moved 1,000 files .*, failed 2, refused 0$/);
  const flags = ['-naHi', '--delete', '--checksum', '--no-o', '--no-g', '--no-devices'];
  const differs = spawnSync('rsync', [...flags, `${source}/`, `${dest}/`], { encoding: 'utf8' }).stdout;
  const names = differs.split('\n').filter((line) => /^[^.s]/.test(line));
  assert.deepEqual(names, ['>f+++++++++ d/500', '>f+++++++++ shut/x']);
  assert.deepEqual(strays(dest), []);
  for (const dir of ['ro', 'ro/sub']) assert.equal(fs.statSync(join(dest, dir)).mode & 0o7777, 0o555);
});

for (const strategy of ['auto', 'rsync'])
  test(
    `a destination that is mounted read-only ends the run at once, which goes on when it is not: ${strategy}`,
    {
      skip: needs('root', 'rsync'),
    },
    () => endsAtOnce(strategy),
  );

async function endsAtOnce(strategy: string): Promise<void> {
  using here = place();
  const source = join(here.path, 'from');
  fs.mkdirSync(source);
  for (let i = 0; i < 500; i++) fs.writeFileSync(join(source, `f${i}`), 'x');
  using dest = mounted(join(here.path, 'to'), '-t', 'tmpfs', '-o', 'ro', 'tmpfs');
  const state = join(here.path, 'state');
  const { said } = await runTo(1, state, ['transfer', '--strategy', strategy, source, dest.path]);
  const failures = said.filter(({ type }) => type === 'failed');
  assert.ok(failures.length < 10, `${failures.length} entries failed`);
  const { kind, hint } = failures[0]!;
  const hints = 'it is mounted read-only: mount it for writing, or choose another destination';
  assert.deepEqual([kind, hint], ['readonly', hints]);
  execFileSync('mount', ['-o', 'remount,rw', dest.path]);
  await runTo(0, state, ['runs', 'resume']);
  assertSame(source, dest.path);
}

test('what is mounted read-only below the destination keeps nothing else from it', {
  skip: needs('root'),
}, async () => {
  using here = place();
  const [source, dest] = [join(here.path, 'from'), join(here.path, 'to')];
  for (const dir of [join(source, 'below'), dest]) fs.mkdirSync(dir, { recursive: true });
  for (const name of ['below/file', 'file']) fs.writeFileSync(join(source, name), 'x');
  using _below = mounted(join(dest, 'below'), '-t', 'tmpfs', '-o', 'ro', 'tmpfs');
  const { said } = await runTo(3, join(here.path, 'state'), ['transfer', source, dest]);
  const failures = said.filter(({ type, path }) => type === 'failed' && path === 'below/file');
  assert.deepEqual(
    failures.map(({ kind }) => kind),
    ['denied'],
  );
  assert.equal(fs.readFileSync(join(dest, 'file'), 'utf8'), 'x');
});

test('root reads of what is immutable that it is', {
  skip: needs('root', 'loop', 'mkfs.ext4', 'rsync'),
}, async () => {
  using here = place('disk');
  makeImage(join(here.path, 'image'), 'ext4', 16 * 1024 * 1024);
  using disk = mounted(join(here.path, 'at'), '-o', 'loop', join(here.path, 'image'));
  const [source, dest] = [join(here.path, 'from'), join(disk.path, 'to')];
  for (const dir of [source, dest, join(dest, 'shut'), join(source, 'shut')]) fs.mkdirSync(dir);
  for (const name of ['file', 'shut/new']) fs.writeFileSync(join(source, name), 'new');
  fs.symlinkSync('new', join(source, 'shut/link'));
  execFileSync('mkfifo', [join(source, 'shut/fifo')]);
  const [file, shut] = [join(dest, 'file'), join(dest, 'shut')];
  fs.writeFileSync(file, 'older');
  execFileSync('chattr', ['+i', file]);
  execFileSync('chattr', ['+i', shut]);
  for (const strategy of ['auto', 'rsync']) {
    const words = ['transfer', '--strategy', strategy, source, dest];
    const { said } = await runTo(3, join(here.path, 'state'), words);
    for (const name of ['file', 'shut/new', 'shut/link', 'shut/fifo']) {
      const { kind, hint } = said.find(({ type, path }) => type === 'failed' && path === name)!;
      assert.equal(kind, 'denied');
      assert.match(String(hint), /immutable or append-only: lsattr shows that, chattr -i -a ends it/);
    }
  }
});

type Three = [string, string, string];
