import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attack, file } from '../attack.ts';
import { end, long, member, pax, resigned } from '../forge.ts';

const good = member({ path: 'good', content: 'good' });

async function isCorrupt(...stream: Buffer[]): Promise<void> {
  for (const pieceBytes of [10_000, 7]) {
    const { error, there } = await attack({ good: file(4) }, [...stream, end], { pieceBytes });
    assert.equal(error?.kind, 'corrupt');
    assert.deepEqual(there, []);
  }
}

const forged = (change: (header: Buffer) => void) => {
  const header = Buffer.from(good);
  change(header);
  return resigned(header);
};

test('hostile: a pax header of more than 1 MiB is refused before it is held', () =>
  isCorrupt(member({ path: 'pax', flag: 'x', size: 1024 * 1024 + 1 })));

test('hostile: a long name of 8 GiB is refused before it is held', () =>
  isCorrupt(member({ path: 'long', flag: 'L', size: 8 * 1024 ** 3 })));

test('hostile: long names without end are refused', () =>
  isCorrupt(...Array.from({ length: 20 }, () => long('L', 'good')), good));

test('hostile: pax headers without end are refused', () =>
  isCorrupt(...Array.from({ length: 20 }, () => pax({ path: 'good' })), good));

test('hostile: a name of more than 64 KiB is refused', () => isCorrupt(long('L', 'x'.repeat(70_000)), good));

test('hostile: a member of a kind that nobody asked for is refused', async () => {
  for (const flag of ['g', 'S', 'D', 'M', 'V', 'A', '8'])
    await isCorrupt(member({ path: 'good', flag }), good);
});

test('hostile: a file in pieces is refused', () =>
  isCorrupt(pax({ 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0' }), good));

test('hostile: a wrong checksum is noticed', async () => {
  for (const at of [0, 100, 150, 200, 511]) {
    const header = Buffer.from(good);
    header[at]! ^= 1;
    await isCorrupt(header);
  }
});

test('hostile: numbers that are none are refused', async () => {
  for (const at of [100, 108, 116, 124, 136]) await isCorrupt(forged((header) => header.write('12x', at)));
  await isCorrupt(forged((header) => header.fill(0xff, 124, 136)));
  await isCorrupt(forged((header) => header.fill(0xbf, 124, 136)));
});

const records = [
  '12',
  ' ',
  '9 a=b\n',
  '0 a=b\n',
  '99 a=b\n',
  '7 abcd\n',
  '-6 a=b\n',
  '1e1 a=b\n',
  '6 a=bc',
  `${'9'.repeat(20)} a=b\n`,
];
for (const content of records) {
  test(`hostile: the pax record ${JSON.stringify(content)} is refused`, () =>
    isCorrupt(member({ path: 'pax', flag: 'x', content }), good));
}

test('hostile: numbers in pax records that are none are refused', async () => {
  for (const key of ['size', 'uid', 'gid', 'mtime']) {
    for (const value of ['', 'x', '-', '1e9', '0x10', '9'.repeat(30), '4 '])
      await isCorrupt(pax({ [key]: value }), good);
  }
});

test('hostile: the records __proto__ and constructor are records like others', async () => {
  const { unpacked } = await attack({ good: file(4) }, [
    pax({ __proto__: 'x', constructor: 'y', toString: 'z', 'SCHILY.xattr.': 'w' }),
    good,
    end,
  ]);
  assert.deepEqual(unpacked?.failures, []);
});

test('hostile: headers that belong to no member are refused', () => isCorrupt(pax({ path: 'good' })));

test('hostile: an attribute or ACL that makes no sense is passed over', async () => {
  const strange = { 'SCHILY.acl.access': 'user::rwx,nonsense', 'SCHILY.acl.default': 'x'.repeat(5000) };
  const { unpacked, error } = await attack({ good: file(4) }, [pax(strange), good, end]);
  assert.equal(error, undefined);
  assert.deepEqual(unpacked?.failures, []);
});
