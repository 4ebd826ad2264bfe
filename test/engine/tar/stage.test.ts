import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controls, listEntry, type Place } from '../../../src/engine/tar/host/stage.ts';
import { itself } from '../../../src/store/path.ts';
import { NamePacker } from '../../../src/work/posix/dirents.ts';
import { bytes, path } from './places.ts';

test('controls() has each directory dressed once, after all that goes into it, and enters none for nothing', () => {
  const place = (dir: string, replaces: boolean, names: readonly string[]): Place => ({
    dir: dir === '' ? itself : path(dir),
    replaces,
    names: names.map(bytes),
    dress: bytes(`dress of ${dir}`),
  });
  const places = [
    place('', false, []),
    place('changed', false, []),
    place('both', false, ['new']),
    place('changed', true, ['old']),
    place('both', true, ['old']),
    place('touched', false, []),
  ];
  const made = new Map(
    controls('stage', places, []).map((control) => [`${Buffer.from(control.path)}`, control.content]),
  );
  assert.deepEqual(
    [...made.keys()].filter((name) => name.startsWith('t/')),
    ['t/root', 't/3', 't/4', 't/5'],
  );
  assert.deepEqual(wordsOf(made.get('c/0')!), [
    'n0 0 0 ./ ',
    ...['n2 1 2 ../ both', 'new'],
    ...['f3 1 3 ../ changed', 'old'],
    ...['f4 1 4 ../ both', 'old'],
    'n5 0 5 ../ touched',
  ]);
});

test('controls() tears no names from their place, however many there are', () => {
  const places = Array.from({ length: 300 }, (_, at) => ({
    dir: path(`d${at}`),
    replaces: true,
    names: Array.from({ length: at === 7 ? 2000 : 3 }, (_, number) => bytes(`a name, number ${number}`)),
    dress: undefined,
  }));
  const lists = controls('stage', places, []).filter(({ path }) => /^c\/\d+$/.test(`${Buffer.from(path)}`));
  assert.ok(lists.length > 5 && lists.length < 20, `${lists.length}`);
  const moved = places.map(() => 0);
  for (const { content } of lists) {
    assert.ok(content.length < 16 * 1024);
    for (const words = wordsOf(content); words.length > 0; ) {
      const [folder, count] = words.shift()!.split(' ');
      const names = words.splice(0, Number(count));
      assert.ok(names.length === Number(count) && names.every((name) => name.startsWith('a name')));
      moved[Number(folder!.slice(1))]! += names.length;
    }
  }
  assert.deepEqual(
    moved,
    places.map(({ names }) => names.length),
  );
});

test('listEntry() says how long each file is, of any length, and of the rest that it has none', () => {
  const sizes = [0, 9, 10, 99, 100, 12_345, 2 ** 32, Number.MAX_SAFE_INTEGER, undefined];
  const list = new NamePacker();
  const name = 'x'.repeat(700); // so that the list has to grow between them
  for (const size of sizes) listEntry(list, bytes(name), size);
  assert.deepEqual(
    wordsOf(list.take()),
    sizes.map((size) => `${size ?? '-'} ${name}`),
  );
});

function wordsOf(list: Uint8Array): string[] {
  return `${Buffer.from(list)}`.split('\0').slice(0, -1);
}
