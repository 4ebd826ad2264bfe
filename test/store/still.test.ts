import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { entryOf, isStill } from '../../src/store/local/entry.ts';
import { relativePath } from '../../src/store/path.ts';
import * as c from '../../src/work/posix/constants.ts';
import { Slot } from '../../src/work/posix/memory.ts';
import { Stat } from '../../src/work/posix/stat.ts';

const dir = fs.mkdtempSync(join(tmpdir(), 'difpipe-still-'));
after(() => fs.rmSync(dir, { recursive: true }));
const at = join(dir, 'file');
const slot = new Slot();

function look(): Stat {
  const stat = new Stat();
  assert.equal(stat.at(c.AT_FDCWD, slot.put(Buffer.from(at))), 0);
  return stat;
}

const listed = () => entryOf(relativePath(Buffer.from('file'))!, look());

test('isStill() knows a file by all that is told of it', () => {
  fs.writeFileSync(at, 'content');
  const then = listed();
  assert.equal(isStill(look(), then), true);
  fs.chmodSync(at, 0o600);
  assert.equal(isStill(look(), then), false);
});

test('isStill() knows a file of several names though one of them went, or the file was put right', () => {
  fs.linkSync(at, `${at} too`);
  const then = listed();
  fs.unlinkSync(`${at} too`);
  fs.chmodSync(at, 0o640);
  fs.utimesSync(at, 1, 1);
  assert.equal(isStill(look(), then), true);
  fs.appendFileSync(at, 'more');
  assert.equal(isStill(look(), then), false, 'somebody wrote to it');
  fs.truncateSync(at, 7);
  fs.renameSync(at, `${at} aside`);
  fs.writeFileSync(at, 'content');
  assert.equal(isStill(look(), then), false, 'it is another file');
});
