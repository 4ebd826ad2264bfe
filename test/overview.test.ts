import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overview } from '../bench/overview.ts';

const page = `
| work            | at most   | measured         |            |
| --------------- | --------- | ---------------- | ---------- |
| one: some files | 1.05 × cp | 0.98 (0.98–1.03) | reached    |
| one             | 300 MB    | 310 MB           | **missed** |

| program | seconds |
| ------- | ------- |
| difpipe | 1.92    |

| regret, worst: at most 1.25 | 1.13 | reached |
| two: more       | 2.00 × cp |                  | not measured |
`;

test('overview() counts the verdicts of a page, and lists what is missed first, each with what it is about', () => {
  const [count, , ...lines] = overview(page);
  assert.equal(count, '2 of 3 are reached.');
  const cells = lines.map((line) =>
    line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
  assert.deepEqual(cells.slice(2), [
    ['one: some files', '300 MB', '310 MB', '**missed**'],
    ['one: some files', '1.05 × cp', '0.98 (0.98–1.03)', 'reached'],
    ['regret, worst', '1.25', '1.13', 'reached'],
  ]);
});
