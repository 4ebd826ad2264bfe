import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job } from '../../src/conduct/jobs.ts';
import { Outlook } from '../../src/engine/parallel/outlook.ts';
import type { Bundle } from '../../src/profile/bundle.ts';

test('Outlook: a directory is taken to hold as much as those beside it', () => {
  const outlook = new Outlook();
  assert.equal(outlook.leftMs(10, 0), 0);
  const beside = trees('', 'bcdefghijk', 2);
  const below = trees('a/x', 'lmno', 1);
  outlook.ended(walk(trees('', '/', 0)), [beside, below]);
  close(outlook.leftMs(10, 50), 90); // ten twelfths, and four fifths of one, are left
  outlook.ended(walk(below), []);
  close(outlook.leftMs(10, 60), 50);
  outlook.ended(walk(beside), [trees('', 'ghijk', 5)]);
  close(outlook.leftMs(10, 60), (10 * 5) / 7);
});

test('Outlook: names that wait for others are taken to be like those that were seen', () => {
  const outlook = new Outlook();
  const names: Bundle = { ...trees('', 'abcdefghij', 0), what: 'entries', slice: 512 };
  outlook.shared(names);
  outlook.ended(walk(trees('', '/', 0)), []);
  close(outlook.leftMs(10, 5), 20);
  outlook.ended(walk(names), []);
  close(outlook.leftMs(10, 15), 0);
});

/** Directories with a letter each. */
function trees(dir: string, letters: string, walked: number): Bundle {
  const names = Buffer.from([...letters].map((letter) => `${letter}\0`).join(''));
  return { dir: Buffer.from(dir), names, what: 'trees', fresh: undefined, slice: 0, walked };
}

function walk(bundle: Bundle): Job {
  return { kind: 'walk', id: 1, bundle, inline: false, alone: false, descend: false };
}

function close(got: number, wanted: number): void {
  assert.ok(Math.abs(got - wanted) < 1e-9, `${got} instead of ${wanted}`);
}
