import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sumOf } from '../../src/store/sftp/find/name-sum.ts';

const sum = (seed: number, name: string) => sumOf(seed, Buffer.from(name), 0, name.length);

/** Pairs of names that add up to the same with a seed. */
function twins(seed: number): [string, string][] {
  const seen = new Map<number, string>();
  const found: [string, string][] = [];
  for (let at = 1; found.length < 8; at++) {
    const name = `${Math.imul(at, 0x9e3779b1) >>> 0}`.padStart(12, '0');
    const total = sum(seed, name);
    const before = seen.get(total);
    if (before === undefined) seen.set(total, name);
    else found.push([before, name]);
  }
  return found;
}

test('sumOf() of names that were thought out for one seed tells them apart with another one, whatever they share', () => {
  const pairs = twins(0x5a);
  for (const seed of [0x15a, 0x7bcd_005a, 0x0300_005a, 0x5b]) {
    const alike = pairs.filter(([one, other]) => sum(seed, one) === sum(seed, other));
    assert.deepEqual(alike, [], `with ${seed}`);
  }
});

test('sumOf() spreads numbered names over the lower bits', () => {
  const slots = new Set(Array.from({ length: 4096 }, (_, at) => sum(1, `file-${at}.dat`) & 8191));
  assert.ok(slots.size > 3000, `${slots.size} slots`);
});
