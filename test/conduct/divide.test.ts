import assert from 'node:assert/strict';
import { test } from 'node:test';
import { divide } from '../../src/conduct/frontier/divide.ts';
import { recalling } from '../../src/engine/stores/known/recall.ts';
import { type Bundle, firstOf, sliceAfter } from '../../src/profile/bundle.ts';

test('divide() gives each name to one part, and each part of a slice a number that no other has', () => {
  const names = Buffer.from(Array.from({ length: 1000 }, (_, number) => `${number}\0`).join(''));
  const dir = Buffer.from('dir');
  const slices = [0, 1].map((before): Bundle => {
    return { dir, names, what: 'entries', fresh: undefined, slice: sliceAfter(before) };
  });
  const parts = slices.flatMap((slice) => halved(slice, 6));
  assert.equal(parts.length, 128);
  assert.equal(new Set(parts.map(({ slice }) => slice)).size, parts.length);
  assert.ok(parts.every(({ slice }) => slice > 0 && slice < firstOf(2)));
  const given = Buffer.concat(parts.map((part) => part.names));
  assert.deepEqual(given, Buffer.concat([names, names]));
});

test('divide() gives as many lanes as would like some equal shares of trees', () => {
  const names = Buffer.from(Array.from({ length: 1200 }, (_, number) => `${number + 1000}\0`).join(''));
  const fresh = Uint8Array.from({ length: 1200 }, (_, number) => number % 2);
  let left: Bundle = { dir: Buffer.from('dir'), names, what: 'trees', fresh, slice: 0 };
  const shares: Bundle[] = [];
  for (let sharers = 12; sharers > 1; sharers--) {
    const [rest, share] = divide(left, sharers)!;
    shares.unshift(share);
    left = rest;
  }
  const all = [left, ...shares];
  assert.deepEqual(
    all.map((share) => share.fresh!.length),
    Array.from({ length: 12 }, () => 100),
  );
  assert.deepEqual(Buffer.concat(all.map((share) => share.names)), names);
  assert.deepEqual(Buffer.concat(all.map((share) => share.fresh!)), Buffer.from(fresh));
});

function halved(bundle: Bundle, times: number): Bundle[] {
  const halves = times > 0 ? divide(bundle) : undefined;
  return halves ? halves.flatMap((half) => halved(half, times - 1)) : [bundle];
}

test('recalling() asks once for what was left of a directory, until much of others was asked for', () => {
  const asked: bigint[] = [];
  const leftOf = recalling((dir) => {
    asked.push(dir);
    return [{ dir, slice: 0, stamp: 0n, prints: Buffer.alloc(5 * 1024 * 1024) }];
  });
  for (const dir of [1n, 1n, 2n, 3n, 1n, 4n, 2n]) leftOf(dir);
  assert.deepEqual(asked, [1n, 2n, 3n, 4n, 2n]);
});
