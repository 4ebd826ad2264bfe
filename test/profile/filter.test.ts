import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileRules, type Rule } from '../../src/profile/filter.ts';

const exclude = (pattern: string): Rule => ({ action: 'exclude', pattern });
const include = (pattern: string): Rule => ({ action: 'include', pattern });

const table = [
  // pattern, path, is a directory, excluded
  ['foo', 'foo', false, true],
  ['foo', 'a/foo', false, true],
  ['foo', 'foo/a', false, false],
  ['/foo', 'a/foo', false, false],
  ['foo/', 'foo', false, false],
  ['foo/', 'a/foo', true, true],
  ['foo/bar', 'a/foo/bar', false, true],
  ['foo/bar', 'xfoo/bar', false, false],
  ['/foo/bar', 'a/foo/bar', false, false],
  ['*.o', 'a/b.o', false, true],
  ['a/*.o', 'a/b/c.o', false, false],
  ['/a/**/c', 'a/b/x/c', false, true],
  ['/a/**/c', 'a/c', false, false],
  ['**/a', 'a', false, true],
  ['a/***', 'a', true, true],
  ['a/***', 'a', false, false],
  ['a/***', 'a/b/c', false, true],
  ['a?c', 'a/c', false, false],
  ['[[:digit:]x]', '7', false, true],
  ['[!a-c]', 'b', false, false],
  ['a\\b', 'a\\b', false, true],
  ['a\\b*', 'ab', false, true],
  ['\u00e9', '\xc3\xa9', false, true],
  ['??', '\xc3\xa9', false, true],
  ['*', '', true, false],
] as const;

for (const [pattern, path, isDirectory, excluded] of table) {
  const kind = isDirectory ? 'the directory' : 'the file';
  test(`compileRules() with - ${pattern} ${excluded ? 'excludes' : 'keeps'} ${kind} '${path}'`, () => {
    assert.equal(compileRules([exclude(pattern)])(path, isDirectory), excluded);
  });
}

test('compileRules() lets the first rule that matches decide, plain or wild', () => {
  const excluded = compileRules([
    include('keep.*'),
    exclude('keep.log'),
    exclude('a'),
    include('*'),
    exclude('b'),
  ]);
  assert.deepEqual(
    ['keep.log', 'a', 'b'].map((name) => excluded(name, false)),
    [false, true, false],
  );
});

test('compileRules() keeps the order of two plain rules for one name, one for directories only', () => {
  const excluded = compileRules([include('a/'), exclude('a'), exclude('b/'), include('b')]);
  assert.deepEqual([excluded('a', true), excluded('a', false)], [false, true]);
  assert.deepEqual([excluded('b', true), excluded('b', false)], [true, false]);
});

test('compileRules() forgets what stands before a clear', () => {
  const excluded = compileRules([exclude('a'), { action: 'clear', pattern: '' }, exclude('b')]);
  assert.deepEqual([excluded('a', false), excluded('b', false)], [false, true]);
});

test('compileRules() keeps everything without rules', () => {
  assert.equal(compileRules([])('a/b', false), false);
});

test('compileRules() gives one answer for patterns of 31, 32, 63, 64 and 65 steps', () => {
  for (const steps of [31, 32, 63, 64, 65]) {
    const excluded = compileRules([exclude(`/${'?'.repeat(steps - 2)}*/x`)]);
    assert.equal(excluded(`${'a'.repeat(steps - 2)}bcd/x`, false), true, `${steps} steps`);
    assert.equal(excluded(`${'a'.repeat(steps - 3)}/x`, false), false, `${steps} steps`);
    assert.equal(excluded(`${'a'.repeat(steps)}/y/x`, false), false, `${steps} steps`);
  }
});

// A matcher that goes back to try again would not end within a lifetime.
test('compileRules() answers for patterns made to take for ever', () => {
  const path = `${'a'.repeat(250)}/`.repeat(15);
  const hostile = ['*a'.repeat(60), '**a'.repeat(60), `${'**/'.repeat(60)}b`, `${'*[a-z]?'.repeat(100)}b`];
  for (const pattern of hostile) {
    assert.equal(compileRules([exclude(`${pattern}X`)])(`${path}${'a'.repeat(250)}`, false), false);
  }
});

test('compileRules() finds one of 20,000 plain names', () => {
  const names = Array.from({ length: 20_000 }, (_, i) => `name${i}`);
  const excluded = compileRules(names.map(exclude));
  assert.deepEqual(
    names.filter((name) => !excluded(`a/${name}`, false)),
    [],
  );
});
