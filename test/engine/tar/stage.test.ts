import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controls, type Place } from '../../../src/engine/tar/stage.ts';
import { itself } from '../../../src/store/path.ts';
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
  const entered = `${Buffer.from(made.get('c/places')!)}`.split('\0').slice(0, -1);
  assert.deepEqual(
    entered.map((words) => words.split(' ').slice(0, 3).join(' ')),
    ['n0 0 0', 'n2 0 2', 'f3 0 3', 'f4 0 4', 'n5 0 5'],
  );
});
