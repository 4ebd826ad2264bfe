import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';
import { ENOENT, EUNSIZED } from '../../src/work/posix/constants.ts';
import { constant } from '../../src/work/posix/memory.ts';
import { Stat } from '../../src/work/posix/stat.ts';
import { checkSized } from '../../src/work/posix/unsized.ts';

test('checkSized() takes what a file that vanished answers for no other file of its file system', () => {
  const fd = fs.openSync('/proc/sys/kernel/random', 'r');
  const stat = new Stat();
  const uuid = constant('uuid');
  try {
    assert.equal(stat.at(fd, uuid), 0);
    assert.equal(checkSized(fd, constant('vanished'), stat), -ENOENT);
    assert.equal(checkSized(fd, uuid, stat), -EUNSIZED);
    assert.equal(checkSized(fd, uuid, stat), -EUNSIZED);
  } finally {
    fs.closeSync(fd);
  }
});
