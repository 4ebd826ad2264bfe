import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { lineageIn } from '../../src/store/sftp/shell/lineage.ts';
import { stillThere } from '../../src/store/sftp/shell/still.ts';
import { runner } from '../engine/tar/far.ts';
import { signal } from './bodies.ts';

const run = runner({ path: process.env.PATH!, user: undefined });

function lineageOf(place: string): string {
  const [own, above] = [place, join(place, '..')].map((path) => fs.statSync(path));
  return `lineage ${own!.dev}:${own!.ino} ${above!.dev}:${above!.ino}\n`;
}

test('stillThere() asks again where it was long ago that it heard of the place, as of a run that compares since', async (t) => {
  const dir = fs.mkdtempSync(join(tmpdir(), 'difpipe-heard-'));
  t.after(() => fs.rmSync(dir, { recursive: true }));
  const place = join(dir, 'place');
  fs.mkdirSync(place);
  const said = lineageOf(place);
  const { heardPlace, isStill } = stillThere({ run, root: Buffer.from(place), lineage: lineageIn(said) });
  heardPlace!(said);
  fs.renameSync(place, join(dir, 'elsewhere'));
  fs.mkdirSync(place);
  assert.equal(await isStill!(signal), true, 'it was heard a moment ago');
  const { now } = performance;
  t.mock.method(performance, 'now', () => now.call(performance) + 60_000);
  assert.equal(await isStill!(signal), false);
});
