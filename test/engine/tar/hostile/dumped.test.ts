import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Dump } from '../../../../src/engine/tar/attributes/getfattr-dump.ts';

function read(text: string, pieceBytes = text.length): [path: string, ...attributes: [string, string][]][] {
  const told: [string, ...[string, string][]][] = [];
  const dump = new Dump((path, attributes) => told.push([path, ...attributes]));
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += pieceBytes) dump.push(bytes.subarray(at, at + pieceBytes));
  return told;
}

const dump =
  '# file: ./a\\012b\\134\xff\nuser.one=0x00ff0a\nuser.a\\075\\012b=0x\nuser.none\n\n# file: ./\nuser.b=0x31\n\n';

test('Dump: names and values come back byte by byte, in whatever pieces they come', () => {
  for (const pieceBytes of [1, 7, dump.length])
    assert.deepEqual(read(dump, pieceBytes), [
      ['a\nb\\\xff', ['user.one', '\0\xff\n'], ['user.a=\nb', ''], ['user.none', '']],
      ['', ['user.b', '1']],
    ]);
});

test('Dump: what is no dump is refused', () => {
  const texts = [
    'user.one=0x00\n',
    '\n',
    '# file: /etc/passwd\n\n',
    '# file: ./a\nuser.one=0x0\n\n',
    '# file: ./a\nuser.one=0xzz\n\n',
    '# file: ./a\n=0x00\n\n',
    `# file: ./a\nuser.one=0x${'00'.repeat(200_000)}`,
  ];
  for (const text of texts) assert.throws(() => read(text), { kind: 'corrupt' });
});

test('Dump: what ended early is not told', () => {
  assert.deepEqual(read(dump.slice(0, -1)).length, 1);
});
