import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Headers } from '../../../src/engine/tar/stream/headers.ts';
import { PlainHeads } from '../../../src/engine/tar/stream/plain-heads.ts';
import { S_IFREG } from '../../../src/work/posix/constants.ts';
import { Stat } from '../../../src/work/posix/stat.ts';

type Looks = {
  readonly mode: number;
  readonly owner: number;
  readonly size: number;
  readonly seconds: number;
  readonly ns: number;
};

function statOf({ mode, owner, size, seconds, ns }: Looks): Stat {
  const stat = new Stat();
  stat.words[5] = owner;
  stat.words[6] = owner + 1;
  stat.words[7] = S_IFREG | mode;
  stat.words.set([(size % 2 ** 32) | 0, Math.floor(size / 2 ** 32)], 10);
  stat.words.set([(seconds % 2 ** 32) | 0, Math.floor(seconds / 2 ** 32), ns], 28);
  return stat;
}

const looks: readonly Looks[] = [
  { mode: 0o644, owner: 0, size: 0, seconds: 1_000_000_000, ns: 0 },
  { mode: 0o644, owner: 0, size: 8191, seconds: 1_795_891_234, ns: 1 },
  { mode: 0o644, owner: 0, size: 2 ** 31 + 7, seconds: 1_795_891_234, ns: 999_999_999 },
  { mode: 0o644, owner: 0, size: 1, seconds: 2 ** 31 - 1, ns: 0 },
  { mode: 0o4711, owner: 1000, size: 8 ** 11 - 1, seconds: 8 ** 11 - 1, ns: 120_000_000 },
  { mode: 0, owner: 3_000_000, size: 511, seconds: 1_234_567_890, ns: 42 },
];
const paths = ['n0/a', `n12/${'long/'.repeat(19)}x`, `n0/${'long/'.repeat(45)}x`, 'n0/\xff\x01 name'].map(
  (path) => Buffer.from(path, 'latin1'),
);

test('PlainHeads writes what Headers makes, over whatever was there', () => {
  const plain = new PlainHeads();
  const headers = new Headers();
  for (const one of [...looks, ...looks.toReversed()])
    for (const path of paths) {
      const stat = statOf(one);
      const { size, mode, uid, gid, mtimeSeconds, mtimeNs } = stat;
      const expected = headers.of({
        ...{ flag: '0', path, target: Buffer.alloc(0), size, mode, uid, gid, mtimeSeconds, mtimeNs },
        ...{ major: 0, minor: 0, attributes: new Map() },
      });
      const into = Buffer.alloc(4096, 0xaa);
      assert.equal(plain.bytesOf(path, stat), expected.length);
      plain.put(into, 700, path, stat);
      assert.deepEqual(into.subarray(700, 700 + expected.length), Buffer.from(expected));
      assert.ok(into.subarray(0, 700).every((byte) => byte === 0xaa));
      assert.ok(into.subarray(700 + expected.length).every((byte) => byte === 0xaa));
    }
});

test('PlainHeads leaves to others what a plain header does not tell', () => {
  const plain = new PlainHeads();
  const usual = { mode: 0o644, owner: 0, size: 1, seconds: 1_700_000_000, ns: 0 };
  const path = Buffer.from('a');
  assert.equal(plain.bytesOf(Buffer.alloc(101, 'a'), statOf(usual)), 0);
  for (const odd of [{ size: 8 ** 11 }, { seconds: 999_999_999 }, { seconds: 8 ** 11 }, { seconds: -1 }])
    assert.equal(plain.bytesOf(path, statOf({ ...usual, ...odd })), 0, JSON.stringify(odd));
});
