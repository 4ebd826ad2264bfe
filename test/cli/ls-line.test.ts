import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryJson, entryLine } from '../../src/cli/ls/line.ts';
import { type Entry, noMetadata } from '../../src/store/entry.ts';
import { itself } from '../../src/store/path.ts';

const device = { kind: 'block', path: itself, print: undefined, ...noMetadata } as const;

test('a line of ls says which device it is, where the place tells it', () => {
  const said = (entry: Entry) => [
    entryLine(entry, 'n', undefined, false).split(/ {2,}/)[1],
    (JSON.parse(entryJson(entry, undefined)) as { device: unknown }).device,
  ];
  assert.deepEqual(said({ ...device, major: 1, minor: 300 }), ['1, 300 -', [1, 300]]);
  assert.deepEqual(said({ ...device, major: undefined, minor: undefined }), ['- -', null]);
});
