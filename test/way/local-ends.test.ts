import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Kind, TransferError } from '../../src/errors.ts';
import { openEnds, openSource } from '../../src/way/local-ends.ts';

const umask = process.umask();
const { signal } = new AbortController();
const root = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'route-')));
after(() => fs.rmSync(root, { recursive: true, force: true }));

for (const dir of ['tree/below', 'there']) fs.mkdirSync(join(root, dir), { recursive: true });
for (const file of ['file', 'other', 'tree/f']) fs.writeFileSync(join(root, file), file);
fs.symlinkSync('tree', join(root, 'link'));
fs.symlinkSync('nowhere', join(root, 'dangling'));
fs.symlinkSync(root, join(root, 'round'));

const place = (path: string) => ({ kind: 'local', path: Buffer.from(join(root, path)) }) as const;
const plain = (path: Uint8Array | undefined) => path && Buffer.from(path).toString().replace(root, '');

async function ends(source: string, dest: string, make = false, keepsMode = true) {
  const found = await openEnds(place(source), place(dest), { make, keepsMode }, signal);
  const { single, canonical, isNew } = found;
  return {
    from: [plain(found.source), plain(single?.from), plain(canonical.source)],
    to: [plain(found.dest), plain(single?.to), plain(canonical.dest)],
    isNew,
  };
}

function tree(source: string, dest: string, isNew: boolean) {
  return { from: [source, undefined, source], to: [dest, undefined, dest], isNew };
}

test('openEnds() of a tree takes both directories as they really are', async () => {
  assert.deepEqual(await ends('tree', 'there'), tree('/tree', '/there', false));
  assert.deepEqual(await ends('link/', 'round/there/'), tree('/tree', '/there', false));
  assert.deepEqual(await ends('tree', 'round/new'), tree('/tree', '/new', true));
  assert.ok(!fs.existsSync(join(root, 'new')));
});

test('openEnds() of a file goes over a name, or into a directory', async () => {
  const from = ['', 'file', '/file'];
  assert.deepEqual(await ends('file', 'copy'), { from, to: ['', 'copy', '/copy'], isNew: false });
  assert.deepEqual(await ends('round/file', 'other'), { from, to: ['', 'other', '/other'], isNew: false });
  const into = { from, to: ['/tree', 'file', '/tree/file'], isNew: false };
  assert.deepEqual(await ends('file', 'tree'), into);
  assert.deepEqual(await ends('file', 'link/'), into);
  assert.deepEqual(await ends('file', 'new/'), { from, to: ['/new', 'file', '/new/file'], isNew: true });
});

test('openEnds() refuses a FIFO, a device, or what leads to one, where a file would take its place', async () => {
  execFileSync('mkfifo', [join(root, 'fifo'), join(root, 'pipe')]);
  fs.symlinkSync('fifo', join(root, 'to a fifo'));
  fs.symlinkSync('/dev/null', join(root, 'to a device'));
  for (const [name, what] of [
    ['fifo', 'FIFO'],
    ['to a fifo', 'FIFO'],
    ['to a device', 'device'],
  ] as const) {
    const message = `${join(root, name)} is a ${what}: it would not be written to, but replaced`;
    await assert.rejects(ends('file', name), { kind: 'refused', message });
  }
  const from = ['', 'pipe', '/pipe'];
  assert.deepEqual(await ends('pipe', 'fifo'), { from, to: ['', 'fifo', '/fifo'], isNew: false });
});

test('openEnds() takes a symlink that leads to no directory as an entry', async () => {
  const { from, to } = await ends('dangling', 'copy');
  assert.deepEqual(
    [from, to],
    [
      ['', 'dangling', '/dangling'],
      ['', 'copy', '/copy'],
    ],
  );
});

test('openEnds() makes the destination directory when told to, private until the tree is there', async () => {
  await ends('tree', 'made', true);
  assert.equal(fs.statSync(join(root, 'made')).mode & 0o777, 0o700);
  await ends('tree', 'made without mode', true, false);
  const { mode } = fs.statSync(join(root, 'tree'));
  assert.equal(fs.statSync(join(root, 'made without mode')).mode & 0o777, (mode & 0o777 & ~umask) | 0o700);
  await ends('file', 'made for a file/', true);
  assert.equal(fs.statSync(join(root, 'made for a file')).mode & 0o777, 0o777 & ~umask);
});

const refusals: readonly (readonly [source: string, dest: string, kind: Kind, words: RegExp])[] = [
  ['none', 'there', 'usage', /there is no .*\/none$/],
  ['file/x', 'there', 'usage', /there is no .*\/file\/x$/],
  ['tree', 'file', 'usage', /\/file is not a directory, and the source is one$/],
  ['tree', 'dangling', 'usage', /\/dangling is not a directory/],
  ['file', 'other/', 'usage', /\/other is not a directory$/],
  ['tree', 'none/new', 'usage', /there is no directory .*\/none$/],
  ['file', 'none/new', 'usage', /there is no directory .*\/none$/],
  ['file', 'none/new/', 'usage', /there is no directory .*\/none$/],
  ['tree', 'round/link', 'refused', /source and destination are both .*\/tree$/],
  ['tree', 'tree/new', 'refused', /\/tree\/new is inside .*\/tree: it would be copied into itself$/],
  ['link', 'tree/below', 'refused', /is inside/],
  ['file', 'round', 'refused', /source and destination are both .*\/file$/],
];

for (const [source, dest, kind, words] of refusals) {
  test(`openEnds() refuses ${source} to ${dest}`, async () => {
    await assert.rejects(ends(source, dest, true), (error: TransferError) => {
      assert.equal(error.kind, kind);
      assert.match(error.message, words);
      return true;
    });
  });
}

test('openSource() finds a tree, or one entry in a directory', async () => {
  const { source, single } = await openSource(place('link'), signal);
  assert.deepEqual([plain(source), single], ['/tree', undefined]);
  const file = await openSource(place('tree/f'), signal);
  assert.deepEqual([plain(file.source), plain(file.single?.from)], ['/tree', 'f']);
});
