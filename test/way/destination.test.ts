import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stillOf } from '../../src/way/destination.ts';
import { place } from '../survive/ground.ts';

test('stillOf() is false of a destination that is another one now, is gone, or cannot be looked at', () => {
  using here = place();
  const dest = join(here.path, 'there');
  fs.mkdirSync(dest);
  const isStill = stillOf(Buffer.from(dest));
  assert.equal(isStill(), true);
  fs.renameSync(dest, join(here.path, 'elsewhere'));
  assert.equal(isStill(), false);
  fs.mkdirSync(dest);
  assert.equal(isStill(), false);
  fs.rmdirSync(dest);
  fs.symlinkSync('there', dest); // round and round
  assert.equal(isStill(), false);
});
