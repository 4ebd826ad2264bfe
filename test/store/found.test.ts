import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKind } from '../../src/errors.ts';
import { below, itself } from '../../src/store/path.ts';
import { FoundParser } from '../../src/store/sftp/find/found.ts';
import { QuickParser } from '../../src/store/sftp/find/found-quickly.ts';
import { entryOf } from '../../src/store/sftp/find/found-rows.ts';

const path = below(itself, Buffer.from('x'))!;

test('FoundParser puts together what comes in pieces, and passes over what is none of find', () => {
  const parser = new FoundParser();
  const text = Buffer.from(
    'noise\0of a login file\x001 f 640 5 7.5000000000 0 1 2 9:77 8.1250000000 ./a\nb\0c d\0',
  );
  const found = [...text].flatMap((byte) => [...parser.push(Buffer.of(byte))]);
  assert.equal(found.length, 1);
  assert.deepEqual(
    [found[0]!.depth, found[0]!.start, `${Buffer.from(found[0]!.name)}`],
    [1, './a\nb', 'c d'],
  );
  const entry = found[0]!.entryAt(path)!;
  assert.deepEqual(
    [entry.kind, entry.mode, entry.mtimeNs, entry.changedSeconds],
    ['file', 0o640, 7_000_000_000n, 8],
  );
  assert.equal(entry.kind === 'file' && entry.linked, '9:77');
});

test('FoundParser reads times before 1970 as SFTP tells them', () => {
  const [found] = [...new FoundParser().push(Buffer.from('1 f 640 5 -1.7500000000 0 0 1 9:77 9.5 .\0x\0'))];
  assert.equal(found!.entryAt(path)!.mtimeNs, (2n ** 32n - 1n) * 1_000_000_000n);
});

test('FoundParser does not hold a name that never ends', () => {
  const parser = new FoundParser();
  const push = () => {
    for (let times = 0; times < 100; times++) for (const _ of parser.push(Buffer.alloc(4096, 'x'))) break;
  };
  assert.throws(push, (error) => isKind(error, 'corrupt'));
});

test('QuickParser and entryOf() make the same of what find prints, in pieces', () => {
  const heads = [
    'f 640 5 7.5000000000 0 1 1 9:77 8.7500000000',
    'd 755 0 -1.7500000000 0 0 2 9:78 -9.5',
    'f 4755 1 8.1 3 4 2 9:79 10',
  ];
  const quick = new QuickParser();
  const made: unknown[] = [];
  for (const byte of Buffer.from(heads.map((head) => `1 ${head}\0x\0`).join('')))
    quick.push(Buffer.of(byte), (row) => void made.push(entryOf(path, row)));
  const text = heads.map((head) => `1 ${head} .\0x\0`).join('');
  const plain = [...new FoundParser().push(Buffer.from(text))].map((one) => one.entryAt(path));
  assert.deepEqual(made.map(withoutPath), plain.map(withoutPath));
});

test('QuickParser takes nothing that find does not print', () => {
  const heads = [
    'f 640 5 7.5 0 1 1 9 77 8',
    'f 640 5 7.x 0 1 1 9:77 8',
    'f 640 5 7.5 0 1 1 9:77 x',
    'f 648 5 7.5 0 1 1 9:77 8',
    'f 640 99999999999999999 7.5 0 1 1 9:77 8',
    'f 640 5 7.5 0 1 1 9:77 8 8',
    'f 640  7.5 0 1 1 9:77 8',
    'f 640 5 7.5 0 1 1 9:77',
  ];
  for (const text of ['noise\0x\0', 'x'.repeat(100_000), ...heads.map((head) => `1 ${head}\0x\0`)])
    assert.throws(
      () => new QuickParser().push(Buffer.from(text), () => undefined),
      (error) => isKind(error, 'corrupt'),
      text.slice(0, 100),
    );
});

function withoutPath(entry: unknown) {
  return { ...(entry as object), path: undefined };
}
