import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Packer } from '../../../src/engine/tar/pack/packer.ts';
import { Chunks } from '../../../src/engine/tar/stream/chunks.ts';
import { writeHeader } from '../../../src/engine/tar/stream/header.ts';
import { Headers } from '../../../src/engine/tar/stream/headers.ts';
import type { Member } from '../../../src/engine/tar/stream/member.ts';
import { Parser } from '../../../src/engine/tar/stream/parser.ts';
import { Unpacking } from '../../../src/engine/tar/unpack/unpacking.ts';
import * as c from '../../../src/work/posix/constants.ts';
import { Slot } from '../../../src/work/posix/memory.ts';
import { Opened } from '../../../src/work/posix/opened.ts';
import { Stat } from '../../../src/work/posix/stat.ts';
import { judge, listing } from '../../judge.ts';
import { needs } from '../../peer.ts';
import { type Tree, trees } from '../../trees.ts';
import { shell, workspace } from '../run.ts';
import { below, packHow, packOne } from './batch.ts';
import { expectedOf, unpackHow } from './unpack.ts';

function pack(source: string): Uint8Array[] {
  using root = new Opened(fs.openSync(source, c.O_RDONLY | c.O_DIRECTORY));
  const packer = new Packer(packHow, new Chunks(10_000));
  const linked = new Map<string, Uint8Array>();
  const stat = new Stat();
  stat.of(root.fd);
  packer.directory(root.fd, Buffer.from('.'), stat);
  const found = [...below(root.fd)];
  for (const each of found.filter((one) => one.stat.type === c.S_IFDIR).toReversed())
    packOne(packer, root.fd, each, each.path, linked);
  for (const each of found)
    if (each.stat.type !== c.S_IFDIR) packOne(packer, root.fd, each, each.path, linked);
  return packer.end();
}

function unpack(dest: string, source: string, chunks: readonly Uint8Array[]) {
  using root = new Opened(fs.openSync(dest, c.O_RDONLY | c.O_DIRECTORY));
  using unpacking = new Unpacking(root.fd, expectedOf(source), unpackHow(dest));
  const parser = new Parser(unpacking);
  for (const chunk of chunks) parser.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
  parser.finish();
  return unpacking.commit(new Set());
}

const long: Record<string, Tree> = {
  'paths longer than 4096 bytes': {
    needs: ['perl'],
    make: (root) =>
      shell(
        root,
        `perl -e 'for $i (1..30) { $d = "x" x 200; mkdir $d; chdir $d; open F, ">f"; print F $i; close F }'`,
      ).then(() => undefined),
  },
};
const fine = '%y %m %U %G %s %T@';
const large = ['exactly 64 MiB', '64 MiB and one more', '130 MiB of data', 'sparse files'];

for (const [name, tree] of Object.entries({ ...trees, ...long } as Record<string, Tree>)) {
  if (large.includes(name)) continue;
  test(`pack, unpack: ${name}, as it was`, { skip: needs('rsync', 'root', ...tree.needs) }, async () => {
    const here = workspace();
    const [source, dest] = [join(here, 'from'), join(here, 'to')];
    for (const path of [source, dest]) fs.mkdirSync(path);
    await tree.make(source);
    await shell(source, 'find . -type s -delete');
    const unpacked = unpack(dest, source, pack(source));
    assert.equal(unpacked.failures.length, 0);
    assert.equal(unpacked.missing.length, 0);
    if (name in trees)
      assert.equal(await judge(source, dest), ''); // rsync knows no longer paths
    else assert.deepEqual(await listing(dest, fine), await listing(source, fine));
  });
}

test('pack: a file that changes while it is read is left out, and said', async () => {
  const here = workspace('disk');
  const file = join(here, 'file');
  fs.writeFileSync(file, 'x'.repeat(1000));
  fs.utimesSync(file, 1, 1);
  using root = new Opened(fs.openSync(here, c.O_RDONLY | c.O_DIRECTORY));
  const stat = new Stat();
  const name = new Slot().put(Buffer.from('file'));
  stat.at(root.fd, name);
  stat.words[24]! -= 1000; // as if it had been at rest when it was looked at
  fs.writeFileSync(file, 'y'.repeat(1001));
  const packer = new Packer({ ...packHow, retries: 0 });
  const packed = packer.file({ dir: root.fd, name }, Buffer.from('file'), stat);
  assert.deepEqual(packed, { ok: false, errno: 0, side: 'changed' });
  assert.equal(packer.pending, 0);
  const again = new Packer({ ...packHow, retries: 3 });
  assert.deepEqual(again.file({ dir: root.fd, name }, Buffer.from('file'), stat), { ok: true });
  assert.equal(stat.size, 1001);
});

test('pack: a directory goes ahead of its contents where it is deep', { skip: needs('tar') }, () => {
  const packer = new Packer(packHow);
  for (const path of ['n0/a/b', 'n0/1/2/3/4/5/6/7/8/9/10/11/12']) packer.ahead(Buffer.from(path));
  const listed = execFileSync('tar', ['-tvf', '-'], { input: Buffer.concat(packer.end()), encoding: 'utf8' });
  assert.match(listed, /^drwx------ .* n0(\/\d+){12}\/\n$/);
});

test('pack: a file that vanished, or is a symlink now, is no member', () => {
  const here = workspace();
  using root = new Opened(fs.openSync(here, c.O_RDONLY | c.O_DIRECTORY));
  fs.writeFileSync(join(here, 'file'), 'x');
  const stat = new Stat();
  const name = new Slot().put(Buffer.from('file'));
  stat.at(root.fd, name);
  fs.rmSync(join(here, 'file'));
  const packer = new Packer({ ...packHow, retries: 1 });
  const pack = () => packer.file({ dir: root.fd, name }, Buffer.from('file'), stat);
  assert.deepEqual(pack(), { ok: false, errno: -c.ENOENT, side: 'read' });
  fs.symlinkSync('/etc/passwd', join(here, 'file'));
  assert.deepEqual(pack(), { ok: false, errno: 0, side: 'changed' });
  assert.equal(packer.pending, 0);
});

test('pack: full chunks are handed on before the end, none larger than it has to be', () => {
  const packer = new Packer(packHow, new Chunks(4096));
  for (let i = 0; i < 100; i++) packer.bytes(Buffer.from(`f${i}`), Buffer.alloc(1000));
  const chunks = packer.take();
  assert.ok(chunks.length > 40);
  for (const chunk of chunks) assert.ok(chunk.length <= 4096);
  assert.equal(Buffer.concat([...chunks, ...packer.end()]).length, 100 * 1536 + 1024);
});

function readBack(bytes: Uint8Array): Member {
  const members: Member[] = [];
  const parser = new Parser({ begin: (member) => members.push(member), data: () => {}, end: () => {} });
  parser.push(Buffer.from(bytes));
  return members[0]!;
}

const fields = {
  flag: '5',
  path: Buffer.from('d/'),
  target: Buffer.alloc(0),
  size: 0,
  mode: 0o7777,
  uid: 0,
  gid: 0,
  mtimeSeconds: 0,
  mtimeNs: 0,
  major: 0,
  minor: 0,
  attributes: new Map<string, string>(),
};

test('header: numbers beyond octal are read as they were written', () => {
  for (const uid of [0, 2_097_151, 2_097_152, 4_294_967_294]) {
    for (const mtimeSeconds of [0, -1, -5_000_000_000, 8_589_934_591, 8_589_934_592, 13_000_000_000]) {
      const member = readBack(new Headers().of({ ...fields, uid, gid: uid, mtimeSeconds }));
      assert.deepEqual(
        [member.uid, member.gid, member.mtimeSeconds, member.mode],
        [uid, uid, mtimeSeconds, 0o7777],
      );
    }
  }
  for (const size of [8 * 1024 ** 3 - 1, 8 * 1024 ** 3, 5 * 1024 ** 5])
    assert.equal(
      readBack(new Headers().of({ ...fields, flag: '0', path: Buffer.from('f'), size })).size,
      size,
    );
});

test('header: nanoseconds are read as they were written, before 1970 too', () => {
  for (const [mtimeSeconds, mtimeNs] of [
    [0, 1],
    [-1, 1],
    [-1, 999_999_999],
    [-100, 500_000_000],
    [1e10, 5],
  ] as const) {
    const member = readBack(new Headers().of({ ...fields, mtimeSeconds, mtimeNs }));
    assert.deepEqual([member.mtimeSeconds, member.mtimeNs], [mtimeSeconds, mtimeNs]);
  }
});

test('header: attributes with any name and bytes, ACLs too', () => {
  const acl = Buffer.from(
    '020000000100060 0ffffffff0200040007000000040004 00ffffffff10000600ffffffff20000400ffffffff'.replaceAll(
      ' ',
      '',
    ),
    'hex',
  );
  const attributes = new Map([
    ['user.a=b%c', '\0\xff\n=\n'],
    ['user.empty', ''],
    ['system.posix_acl_access', acl.toString('latin1')],
  ]);
  assert.deepEqual(readBack(new Headers().of({ ...fields, attributes })).attributes, attributes);
});

test('header: a path of up to 255 bytes needs none beside its own', { skip: needs('tar') }, () => {
  const x = (count: number) => 'x'.repeat(count);
  const paths = [`${x(155)}/${x(100)}`, `a/${x(99)}`, `${x(50)}/${x(50)}/${x(50)}/`, `a/${x(99)}/`];
  const longer = [`${x(156)}/${x(99)}`, `a/${x(101)}`, x(101), `a/${x(100)}/`];
  const headers = [...paths, ...longer].map((path) =>
    Buffer.from(
      new Headers().of({ ...fields, flag: path.endsWith('/') ? '5' : '0', path: Buffer.from(path) }),
    ),
  );
  assert.deepEqual(
    headers.map(({ length }) => length),
    [...paths.map(() => 512), ...longer.map(() => 3 * 512)],
  );
  const read = headers.map((header) => Buffer.from(readBack(header).path).toString());
  assert.deepEqual(read, [...paths, ...longer]);
  const listed = execFileSync('tar', ['-tf', '-'], {
    input: Buffer.concat([...headers, Buffer.alloc(1024)]),
    encoding: 'utf8',
  });
  assert.deepEqual(listed.trim().split('\n'), [...paths, ...longer]);
});

test('header: GNU tar reads what we write', { skip: needs('tar') }, () => {
  const header = Buffer.alloc(512);
  writeHeader(header, 0, { ...fields, uid: 4_000_000_000, gid: 4_000_000_001, mtimeSeconds: 8_589_934_592 });
  const said = execFileSync('tar', ['-tvf', '-', '--full-time', '--utc'], {
    input: Buffer.concat([header, Buffer.alloc(1024)]),
    encoding: 'utf8',
  });
  assert.match(said, /^drwsrwsrwt 4000000000\/4000000001 +0 2242-03-16 12:56:32 d\/$/m);
});
