import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Packed } from '../../src/engine/stores/directory/packed.ts';
import type { Entry, FileEntry } from '../../src/store/entry.ts';
import { nameOf } from '../../src/store/named.ts';
import { itself, type RelativePath } from '../../src/store/path.ts';

const dir = Buffer.from('in/here') as Uint8Array as RelativePath;

function at(name: string): RelativePath {
  return Buffer.from(`in/here/${name}`, 'latin1') as Uint8Array as RelativePath;
}

const known = { mode: 0o4755, owner: { uid: 0, gid: 2 ** 32 - 2 }, mtimeNs: -1n, print: '"é ÿ"' };
const unknown = { mode: undefined, owner: undefined, mtimeNs: undefined, print: undefined };

const entries: readonly Entry[] = [
  { kind: 'file', path: at('a'), ...known, size: 2 ** 52, allocated: 0, linked: '7:8' },
  {
    kind: 'file',
    path: at('\xff\n\\'),
    ...unknown,
    size: 0,
    allocated: undefined,
    linked: undefined,
    inOrder: true,
  },
  {
    kind: 'file',
    path: at('b'),
    ...known,
    print: '',
    size: 1,
    allocated: 512,
    linked: undefined,
    isBrief: true,
  },
  { kind: 'directory', path: at('c'), ...known, changedNs: 5n, finelyNs: 2n ** 62n },
  { kind: 'symlink', path: at('d'), ...unknown },
  { kind: 'fifo', path: at('e'), ...known },
  { kind: 'block', path: at('f'), ...known, major: 7, minor: 0 },
  { kind: 'character', path: at('g'), ...known, major: undefined, minor: undefined },
];

test('a Packed gives back what was put into it, but for what was taken away', () => {
  const packed = new Packed(dir);
  for (const entry of entries) assert.ok(packed.add(nameOf(entry.path), entry));
  for (const entry of entries) {
    const found = packed.get(nameOf(entry.path))!;
    assert.deepEqual(
      { ...found, path: Buffer.from(found.path) },
      { ...entry, path: Buffer.from(entry.path) },
    );
  }
  for (const name of ['c', 'none']) packed.delete(name);
  assert.deepEqual([packed.get('c'), packed.get('none')], [undefined, undefined]);
  const left = [...packed.values()].map(({ path }) => nameOf(path));
  assert.deepEqual(left.sort(), ['a', 'b', 'd', 'e', 'f', 'g', '\xff\n\\'].sort());
});

test('a Packed finds each of very many, and says when there is no room', () => {
  const packed = new Packed(itself);
  const print = 'x'.repeat(2000);
  const fileOf = (name: string): FileEntry => ({
    ...(entries[0] as FileEntry),
    path: Buffer.from(name) as Uint8Array as RelativePath,
    print,
  });
  let count = 0;
  while (packed.add(`name ${count}`, fileOf(`name ${count}`))) count++;
  assert.ok(count > 60_000 && count < 66_000, `${count}`);
  for (let at = 0; at < count; at += 97) assert.equal(nameOf(packed.get(`name ${at}`)!.path), `name ${at}`);
  assert.equal(packed.get(`name ${count}`), undefined);
});
