import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readWhole } from '../../src/store/local/metadata/xattrs.ts';
import * as c from '../../src/work/posix/constants.ts';
import { needs } from '../peer.ts';

test('readWhole() reads the attributes of a directory that may be passed but not listed', {
  skip: needs('xattrs', 'setfattr'),
}, () => {
  const path = fs.mkdtempSync(join(tmpdir(), 'xattrs-'));
  execFileSync('setfattr', ['-n', 'user.one', '-v', '1', path]);
  const fd = fs.openSync(path, c.O_PATH);
  try {
    const kinds = { xattrs: true, acls: true };
    assert.deepEqual([...(readWhole({ fd }, kinds) ?? [])], [['user.one', '1']]);
  } finally {
    fs.closeSync(fd);
    fs.rmdirSync(path);
  }
});
