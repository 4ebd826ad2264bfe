import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { printable, show, toJson } from '../../src/report/show.ts';

const plain = ['a', 'a b', 'é', '日本', "it's", 'a$b', 'a\\b', '-x', '…', '👍', 'ß"`;&|'];
for (const name of plain) {
  test(`show() leaves ${name} as it is`, () => assert.equal(show(Buffer.from(name)), name));
}

const odd: readonly (readonly [string | Buffer, string])[] = [
  ['a\nb', "$'a\\nb'"],
  ['a\tb', "$'a\\tb'"],
  ['\x1b[31mred', "$'\\033[31mred'"],
  ['\x7f', "$'\\177'"],
  ['\u0085', "$'\\302\\205'"],
  ['a\u202eb', "$'a\\342\\200\\256b'"],
  ['a\u200bb', "$'a\\342\\200\\213b'"],
  ['\ufeffa', "$'\\357\\273\\277a'"],
  ['\u2028', "$'\\342\\200\\250'"],
  [' a', "$' a'"],
  ['a ', "$'a '"],
  ["$'a'", "$'$\\'a\\''"],
  ["it's\n\\", "$'it\\'s\\n\\\\'"],
  [Buffer.from('caf\xe9', 'latin1'), "$'caf\\351'"],
  [Buffer.from("\xff\\'", 'latin1'), "$'\\377\\\\\\''"],
  [Buffer.from('\xff \x7f', 'latin1'), "$'\\377 \\177'"],
  ['', '.'],
];
for (const [name, shown] of odd) {
  test(`show() writes ${JSON.stringify(name.toString('latin1' as never))} as ${shown}`, () => {
    assert.equal(show(Buffer.from(name as string)), shown);
  });
}

test('show() is taken back by bash to the same bytes', () => {
  const bytes = Buffer.from(Array.from({ length: 255 }, (_, i) => i + 1));
  const names = [bytes, ...odd.map(([name]) => Buffer.from(name as string))].filter(
    ({ length }) => length > 0,
  );
  for (const name of names) {
    assert.deepEqual(
      execFileSync('bash', ['--norc', '-c', `printf %s ${show(name)}`], { env: { LC_ALL: 'C' } }),
      name,
    );
  }
});

test('printable() escapes what could harm a terminal and leaves the rest', () => {
  assert.equal(printable('cannot read é\x1b]0;x\x07\r\n'), 'cannot read é\\033]0;x\\007\\015\\n');
});

test('toJson() keeps the value and holds no byte that could harm a terminal', () => {
  const value = { a: '\x1b\x7f\u0085\u202e\u{e0001}é\n', b: [1, 'x'] };
  const json = toJson({ ...value, c: undefined });
  assert.match(json, /^[\x20-\x7eé]*$/);
  assert.deepEqual(JSON.parse(json), { ...value, c: null });
});
