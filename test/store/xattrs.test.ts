import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { hasAttributes, mayHaveAttributes, readWhole } from '../../src/store/local/metadata/xattrs.ts';
import * as c from '../../src/work/posix/constants.ts';
import { Slot } from '../../src/work/posix/memory.ts';
import { needs } from '../peer.ts';
import { traced } from '../survive/fault.ts';
import { place } from '../survive/ground.ts';

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

test('attributes whose names and values take more room than is offered at first are read', {
  skip: needs('xattrs', 'setfattr'),
}, () => {
  const path = fs.mkdtempSync(join(tmpdir(), 'xattrs-'));
  const file = join(path, 'file');
  fs.writeFileSync(file, '');
  for (let at = 0; at < 20; at++)
    execFileSync('setfattr', ['-n', `user.${'long'.repeat(20)}${at}`, '-v', '', file]);
  const [dir, fd] = [fs.openSync(path, 'r'), fs.openSync(file, 'r')];
  try {
    execFileSync('setfattr', ['-n', 'user.large', '-v', 'x'.repeat(1000), file]);
    assert.ok(hasAttributes(fd));
    const read = readWhole({ fd }, { xattrs: true, acls: true })!;
    assert.deepEqual([read.size, read.get('user.large')?.length], [21, 1000]);
    assert.ok(mayHaveAttributes({ dir, name: new Slot().put(Buffer.from('file')) }));
  } finally {
    fs.closeSync(fd);
    fs.closeSync(dir);
    fs.rmSync(path, { recursive: true });
  }
});

test('attributes are asked for with little room at first, as the kernel makes memory of it each time', {
  skip: needs('strace'),
}, async () => {
  using here = place();
  fs.mkdirSync(join(here.path, 'from'));
  fs.writeFileSync(join(here.path, 'from', 'file'), 'some');
  const words = ['transfer', join(here.path, 'from'), join(here.path, 'to')];
  const { calls } = await traced(here.path, ['-e', 'trace=flistxattr'], join(here.path, 'state'), words);
  const rooms = calls.map(({ line }) => Number(/, (\d+)\) += /.exec(line)![1]));
  assert.ok(rooms.length > 0 && rooms.every((bytes) => bytes < 4096), `${rooms}`);
});

test('the label that every file has where SELinux is on is no attribute to keep', {
  skip: needs('root', 'xattrs', 'setfattr'),
}, () => {
  const path = fs.mkdtempSync(join(tmpdir(), 'xattrs-'));
  const file = join(path, 'file');
  fs.writeFileSync(file, '');
  execFileSync('setfattr', ['-n', 'security.selinux', '-v', 'system_u:object_r:tmp_t:s0', file]);
  const [dir, fd] = [fs.openSync(path, 'r'), fs.openSync(file, 'r')];
  const at = { dir, name: new Slot().put(Buffer.from('file')) };
  fs.writeFileSync(join(path, 'bare'), '');
  const isUnknown = mayHaveAttributes({ dir, name: new Slot().put(Buffer.from('bare')) }); // before Linux 6.13
  try {
    assert.deepEqual([hasAttributes(fd), mayHaveAttributes(at)], [false, isUnknown]);
    execFileSync('setfattr', ['-n', 'user.one', '-v', '1', file]);
    assert.deepEqual([hasAttributes(fd), mayHaveAttributes(at)], [true, true]);
    execFileSync('setfattr', ['-x', 'security.selinux', file]);
    assert.deepEqual([hasAttributes(fd), mayHaveAttributes(at)], [true, true]);
  } finally {
    fs.closeSync(fd);
    fs.closeSync(dir);
    fs.rmSync(path, { recursive: true });
  }
});
