import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { noticesChanges, send, sendList } from '../../../src/engine/tar/host/send.ts';
import { Parser } from '../../../src/engine/tar/stream/parser.ts';
import { type Expected, Unpacking } from '../../../src/engine/tar/unpack/unpacking.ts';
import * as c from '../../../src/work/posix/constants.ts';
import { Opened } from '../../../src/work/posix/opened.ts';
import { judge, listing } from '../../judge.ts';
import { needs } from '../../peer.ts';
import { type Tree, trees } from '../../trees.ts';
import { shell, workspace } from '../run.ts';
import { type Far, type Flavour, far, flavours, runFar } from './far.ts';
import { expectedOf, unpackHow } from './unpack.ts';

async function roundTrip(flavour: Flavour, tree: Tree, squeeze: 'none' | 'gzip' | 'zstd' = 'none') {
  const here = workspace();
  const [source, dest] = [join(here, 'from'), join(here, 'to')];
  for (const path of [source, dest]) fs.mkdirSync(path);
  await tree.make(source);
  // no tar takes sockets, and GNU tar makes two of a FIFO with two names
  await shell(source, 'find . -type s -delete; find . -type p -name again -delete');
  if (flavour !== 'GNU') await shell(source, 'find . ! -newermt @0 -exec touch -hd @1.5 {} +');
  const there = await far(here, flavour);
  const { unpacked, stderr, status } = await fetchAll(there, source, dest, expectedOf(source), squeeze);
  return { source, dest, unpacked, stderr, status };
}

async function fetchAll(
  there: Far,
  source: string,
  dest: string,
  expected: ReadonlyMap<string, Expected>,
  squeeze: 'none' | 'gzip' | 'zstd',
) {
  const script = send({ root: Buffer.from(source), tools: there.tools, squeeze });
  const list = sendList([...expected.keys()].map((key) => Buffer.from(key, 'latin1')));
  const { status, stdout, stderr } = await runFar(there, script, list);
  const tar = squeeze === 'none' ? stdout : await expanded(squeeze, stdout);
  using root = new Opened(fs.openSync(dest, c.O_RDONLY | c.O_DIRECTORY));
  using unpacking = new Unpacking(root.fd, expected, unpackHow(dest));
  const parser = new Parser(unpacking);
  for (let at = 0; at < tar.length; at += 65_536) parser.push(tar.subarray(at, at + 65_536));
  parser.finish();
  return { unpacked: unpacking.commit(new Set()), stderr, status };
}

async function expanded(squeeze: 'gzip' | 'zstd', bytes: Buffer): Promise<Buffer> {
  const zlib = await import('node:zlib');
  return squeeze === 'gzip' ? zlib.gunzipSync(bytes) : zlib.zstdDecompressSync(bytes);
}

const large = ['exactly 64 MiB', '64 MiB and one more', '130 MiB of data', 'sparse files'];
const nothingLost = { owner: 0, mode: 0, times: 0, xattr: 0, acl: 0, clock: 0, sparse: 0 };

for (const [name, tree] of Object.entries(trees as Record<string, Tree>)) {
  if (large.includes(name)) continue;
  test(`send: ${name}, as it was`, { skip: needs('rsync', 'root', ...tree.needs) }, async () => {
    const { source, dest, unpacked, stderr, status } = await roundTrip('GNU', tree);
    assert.equal(await judge(source, dest), '', stderr);
    assert.equal(status, 0, stderr);
    assert.deepEqual(unpacked.failures, []);
    assert.deepEqual(unpacked.missing, []);
    assert.deepEqual(unpacked.lost, nothingLost);
  });
}

test('send: GNU tar writes 32 KiB at a time', { skip: needs('tar') }, async () => {
  const here = workspace();
  fs.writeFileSync(join(here, 'file'), 'x');
  const there = await far(here, 'GNU');
  const script = send({ root: Buffer.from(here), tools: there.tools, squeeze: 'none' });
  const { stdout } = await runFar(there, script, sendList([Buffer.from('file')]));
  assert.equal(stdout.length, 32_768);
});

const some = [
  'hostile names',
  'modes',
  'owners and groups',
  'hard links',
  'symlinks of every kind',
  'times',
  'access control lists',
  'extended attributes',
] as const;
for (const flavour of ['BSD', 'busybox'] as const) {
  for (const name of some) {
    const skip = needs('rsync', 'root', flavours[flavour], ...(trees[name] as Tree).needs);
    test(`send: ${name}, with the tar of ${flavour}`, { skip }, async () => {
      const { source, dest, unpacked, stderr } = await roundTrip(flavour, trees[name]);
      if (flavour === 'BSD') assert.equal(await judge(source, dest), '', stderr);
      const fields = '%y %m %U %G %s %l %T@';
      const seen = async (root: string) =>
        (await listing(root, fields)).filter((line) => flavour !== 'busybox' || !line.startsWith('./d d')); // too large an owner
      assert.deepEqual(await seen(dest), await seen(source), stderr);
      assert.deepEqual(unpacked.failures, []);
    });
  }
}

for (const squeeze of ['gzip', 'zstd'] as const) {
  test(`send: through ${squeeze}`, { skip: needs('rsync', squeeze) }, async () => {
    const { source, dest, status } = await roundTrip('GNU', trees['thousands of tiny files'], squeeze);
    assert.equal(await judge(source, dest), '');
    assert.equal(status, 0);
  });
}

test('send: what vanished is missing, the rest arrives, and the exit code says so', async () => {
  const here = workspace();
  const [source, dest] = [join(here, 'from'), join(here, 'to')];
  for (const path of [source, dest]) fs.mkdirSync(path);
  await shell(source, 'for i in 1 2 3 4; do echo $i >$i; done');
  const expected = expectedOf(source);
  fs.rmSync(join(source, '2'));
  const there = await far(here, 'GNU');
  for (const squeeze of ['none', 'gzip'] as const) {
    await shell(dest, 'rm -rf ./*');
    const { unpacked, status, stderr } = await fetchAll(there, source, dest, expected, squeeze);
    assert.deepEqual(unpacked.missing, ['2']);
    assert.notEqual(status, 0);
    assert.match(stderr, /No such file/);
    assert.equal(await shell(dest, 'cat ./*'), '1\n3\n4\n');
  }
});

test('send: what is not as it was listed is changed, and left out', async () => {
  const here = workspace();
  const [source, dest] = [join(here, 'from'), join(here, 'to')];
  for (const path of [source, dest]) fs.mkdirSync(path);
  await shell(source, 'for i in size time kind same; do echo $i >$i; done');
  const expected = expectedOf(source);
  await shell(source, 'echo more >>size; touch -d @5 time; rm kind; ln -s same kind');
  const { unpacked } = await fetchAll(await far(here, 'GNU'), source, dest, expected, 'none');
  const named = unpacked.failures.map(({ path, kind }) => `${kind} ${Buffer.from(path)}`).sort();
  assert.deepEqual(named, ['changed kind', 'changed size', 'changed time']);
  assert.deepEqual(fs.readdirSync(dest), ['same']);
});

test('send: GNU tar says that a file shrank while it was read', { skip: needs('strace') }, async () => {
  const here = workspace();
  const there = await far(here, 'GNU');
  assert.equal(noticesChanges(there.tools), true);
  const file = join(here, 'file');
  fs.writeFileSync(file, 'x'.repeat(100_000));
  const words = send({ root: Buffer.from(here), tools: there.tools, squeeze: 'none' }).script;
  // strace ends the reads early, as if the file were shorter now
  const trace = ['-f', '-qq', '-o', '/dev/null', '-P', file, '-e', 'inject=read:retval=0'];
  const child = (await import('node:child_process')).spawnSync(
    'strace',
    [...trace, 'sh', '-c', words, 'sh', here],
    {
      input: './file\0',
      maxBuffer: 1e9,
    },
  );
  assert.equal(child.status, 1);
  assert.match(String(child.stderr), /shrank/);
});
