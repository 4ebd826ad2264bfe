import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { glimpse } from '../../src/store/local/probe/glimpse.ts';

const MiB = 1024 * 1024;

function treeOf(make: (dir: string) => void): boolean {
  const dir = fs.mkdtempSync(join(tmpdir(), 'difpipe-glimpse-'));
  try {
    make(dir);
    return glimpse(Buffer.from(dir)).isMuch;
  } finally {
    fs.rmSync(dir, { recursive: true });
  }
}

test('glimpse() finds bytes in directories below, and files together', () => {
  const files = (count: number) => (dir: string) => {
    fs.mkdirSync(join(dir, 'a/b'), { recursive: true });
    for (let at = 0; at < count; at++) fs.writeFileSync(join(dir, 'a/b', `${at}`), '');
    for (let at = 0; at < count; at++) fs.truncateSync(join(dir, 'a/b', `${at}`), 8 * MiB);
  };
  assert.equal(treeOf(files(3)), false);
  assert.equal(treeOf(files(4)), true);
});

test('glimpse() takes many entries for much, and follows no symlink in them', () => {
  const many = (count: number) => (dir: string) => {
    for (let at = 0; at < count; at++) fs.symlinkSync('/', join(dir, `${at}`));
  };
  assert.equal(treeOf(many(100)), false);
  assert.equal(treeOf(many(2001)), true);
});

test('glimpse() sees what is behind a path that is a symlink', () => {
  const dir = fs.mkdtempSync(join(tmpdir(), 'difpipe-glimpse-'));
  try {
    fs.mkdirSync(join(dir, 'tree'));
    fs.writeFileSync(join(dir, 'tree/file'), 'some');
    fs.symlinkSync('tree', join(dir, 'link'));
    assert.equal(glimpse(Buffer.from(join(dir, 'link'))).bytes, 4);
  } finally {
    fs.rmSync(dir, { recursive: true });
  }
});

test('glimpse() finds nothing where nothing is', () => {
  assert.deepEqual(glimpse(Buffer.from('/there/is/nothing')), { isMuch: false, bytes: 0 });
});
