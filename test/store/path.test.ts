import assert from 'node:assert/strict';
import { test } from 'node:test';
import { below, itself, relativePath, splitPath } from '../../src/store/path.ts';
import { at } from './bodies.ts';

const inside = [
  'a',
  'a/b',
  '...',
  '..a/b..',
  '.a',
  ' ',
  'a/-rf',
  '\xff',
  'a\nb',
  'a\\..\\b',
  'x'.repeat(5000),
];
const outside = [
  '/',
  '/a',
  'a/',
  'a//b',
  '.',
  '..',
  './a',
  'a/.',
  '../a',
  'a/..',
  'a/../b',
  'a\0b',
  '\0',
  'a/\0',
];
const bytes = (text: string) => Buffer.from(text, 'latin1');

test('relativePath() takes what stays inside, as it is', () => {
  assert.equal(relativePath(bytes('')), itself);
  for (const path of inside) assert.deepEqual(relativePath(bytes(path)), bytes(path), path);
});

test('relativePath() takes nothing that leads out, or nowhere', () => {
  for (const path of outside) assert.equal(relativePath(bytes(path)), undefined, path);
});

test('below() joins a directory and one name', () => {
  const joined = below(at('a/b'), bytes('c\xff'))!;
  assert.deepEqual(Buffer.from(joined), bytes('a/b/c\xff'));
  assert.deepEqual(Buffer.from(below(itself, bytes('c'))!), bytes('c'));
  for (const name of ['', '.', '..', 'a/b', '/', 'a\0'])
    assert.equal(below(at('a'), bytes(name)), undefined, name);
});

test('splitPath() gives back what below() joined', () => {
  for (const [dir, name] of [
    ['', 'a'],
    ['a', 'b'],
    ['a/b', 'c'],
  ] as const) {
    const split = splitPath(below(at(dir), bytes(name))!);
    assert.deepEqual([Buffer.from(split.dir).toString(), Buffer.from(split.name).toString()], [dir, name]);
  }
});
