import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKind } from '../../src/errors.ts';
import { below, itself } from '../../src/store/path.ts';
import { FoundParser } from '../../src/store/sftp/found.ts';

const path = below(itself, Buffer.from('x'))!;

test('FoundParser puts together what comes in pieces, and passes over what is none of find', () => {
  const parser = new FoundParser();
  const text = Buffer.from('noise\0of a login file\x001 f 640 5 7.5000000000 0 1 2 9:77 ./a\nb\0c d\0');
  const found = [...text].flatMap((byte) => [...parser.push(Buffer.of(byte))]);
  assert.equal(found.length, 1);
  assert.deepEqual(
    [found[0]!.depth, found[0]!.start, `${Buffer.from(found[0]!.name)}`],
    [1, './a\nb', 'c d'],
  );
  const entry = found[0]!.entryAt(path)!;
  assert.deepEqual([entry.kind, entry.mode, entry.mtimeNs], ['file', 0o640, 7_000_000_000n]);
  assert.equal(entry.kind === 'file' && entry.linked, '9:77');
});

test('FoundParser reads times before 1970 as SFTP tells them', () => {
  const [found] = [...new FoundParser().push(Buffer.from('1 f 640 5 -1.7500000000 0 0 1 9:77 .\0x\0'))];
  assert.equal(found!.entryAt(path)!.mtimeNs, (2n ** 32n - 1n) * 1_000_000_000n);
});

test('FoundParser does not hold a name that never ends', () => {
  const parser = new FoundParser();
  const push = () => {
    for (let times = 0; times < 100; times++) for (const _ of parser.push(Buffer.alloc(4096, 'x'))) break;
  };
  assert.throws(push, (error) => isKind(error, 'corrupt'));
});
