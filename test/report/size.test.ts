import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  counted,
  formatBytes,
  formatCount,
  formatDuration,
  formatRate,
  parseSize,
} from '../../src/report/size.ts';

const sizes: readonly (readonly [string, number | undefined])[] = [
  ['0', 0],
  ['17', 17],
  ['17B', 17],
  ['10M', 10 * 2 ** 20],
  ['10m', 10 * 2 ** 20],
  ['10Mi', 10 * 2 ** 20],
  ['10MiB', 10 * 2 ** 20],
  ['10MB', 10_000_000],
  ['10mb', 10_000_000],
  ['1.5G', 1.5 * 2 ** 30],
  ['.5K', 512],
  ['1k', 1024],
  ['2T', 2 * 2 ** 40],
  ['1 GiB', 2 ** 30],
  [' 5K ', 5120],
  ['', undefined],
  ['M', undefined],
  ['-1', undefined],
  ['1e3', undefined],
  ['10Q', undefined],
  ['10MBit', undefined],
  ['0x10', undefined],
  ['99999E', undefined],
];
for (const [text, bytes] of sizes) {
  test(`parseSize() reads ${JSON.stringify(text)} as ${bytes}`, () => assert.equal(parseSize(text), bytes));
}

test('parseSize() counts a bare number as it is told', () => {
  assert.equal(parseSize('10', 1024), 10_240);
  assert.equal(parseSize('10B', 1024), 10);
});

test('formatBytes() gives three digits and a unit', () => {
  const texts = [0, 1, 999, 1000, 1234, 9995, 12_345, 999_499, 999_500, 5.6e9, 1e15, 2e21].map(formatBytes);
  assert.deepEqual(texts, [
    '0 B',
    '1 B',
    '999 B',
    '1.00 KB',
    '1.23 KB',
    '10.0 KB',
    '12.3 KB',
    '999 KB',
    '1.00 MB',
    '5.60 GB',
    '1.00 PB',
    '2000 EB',
  ]);
});

test('formatRate() is bytes per second, and none without time', () => {
  assert.equal(formatRate(5_000_000, 2000), '2.50 MB/s');
  assert.equal(formatRate(5, 0), '0 B/s');
});

test('formatDuration() is as exact as a person needs', () => {
  const texts = [0, 42, 9994, 12_340, 59_960, 200_000, 7_500_000, 86_400_000 * 3 + 3_600_000 * 4].map(
    formatDuration,
  );
  assert.deepEqual(texts, ['0.00 s', '0.04 s', '9.99 s', '12.3 s', '1m 00s', '3m 20s', '2h 05m', '3d 04h']);
});

test('formatCount() and counted() group thousands and know one', () => {
  assert.deepEqual([0, 999, 1000, 1234567].map(formatCount), ['0', '999', '1,000', '1,234,567']);
  assert.deepEqual(
    [counted(1, 'file'), counted(1200, 'file'), counted(2, 'entry', 'entries')],
    ['1 file', '1,200 files', '2 entries'],
  );
});
