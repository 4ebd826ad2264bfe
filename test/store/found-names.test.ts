import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FoundNames } from '../../src/store/sftp/find/found-names.ts';

function bytesOf(text: string): { bytes: Buffer; start: number; end: number } {
  const bytes = Buffer.from(`<${text}>`);
  return { bytes, start: 1, end: bytes.length - 1 };
}

test('FoundNames finds each of very many names, whatever their lengths, and none that only looks like one', () => {
  const names = new FoundNames();
  const all = Array.from({ length: 5000 }, (_, at) => `${'ü'.repeat(at % 90)}${at}`);
  for (const name of all) names.add(bytesOf(name));
  for (const [at, name] of all.entries()) {
    assert.equal(names.find(bytesOf(name)), at);
    assert.equal(Buffer.from(names.at(at)).toString(), name);
    assert.equal(names.find(bytesOf(`${name} `)), -1);
  }
  assert.deepEqual([names.count, names.find(bytesOf(''))], [5000, -1]);
});

test('FoundNames that grow after one was looked for find the last one of several that are the same', () => {
  const names = new FoundNames();
  assert.equal(names.find(bytesOf('a')), -1);
  for (const name of ['a', 'b', 'a']) names.add(bytesOf(name));
  assert.deepEqual(
    [names.find(bytesOf('a')), names.isLast(0), names.isLast(1), names.isLast(2)],
    [2, false, true, true],
  );
  names.add(bytesOf('c'));
  assert.deepEqual([names.find(bytesOf('c')), names.find(bytesOf('b'))], [3, 1]);
  const short = ({ start, end }: { readonly start: number; readonly end: number }) => end - start === 1;
  assert.deepEqual(names.where(short), [0, 1, 2, 3]);
});
