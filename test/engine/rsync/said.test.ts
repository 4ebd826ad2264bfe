import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readComplaint } from '../../../src/engine/rsync/program/complaint.ts';
import { readItem, readProgress } from '../../../src/engine/rsync/program/item.ts';

const item = (line: string) => {
  const { action, path, isNew, wireBytes } = readItem(line) ?? {};
  return [action, path, isNew, wireBytes];
};

test('readItem() tells what was done to an entry, whatever it is called', () => {
  assert.deepEqual(item('<f+++++++++ 45 a b'), ['copy', 'a b', true, 45]);
  assert.deepEqual(item('>f.st...... 1045 $(touch pwned)'), ['update', '$(touch pwned)', false, 1045]);
  assert.deepEqual(item('cd+++++++++ 0 dir/'), ['make', 'dir', true, 0]);
  assert.deepEqual(item('.d..t...... 0 ./'), ['repair', '', false, 0]);
  assert.deepEqual(item('cL+++++++++ 0 -rf'), ['make', '-rf', true, 0]);
  assert.deepEqual(item('hf+++++++++ 0 other name'), ['link', 'other name', true, 0]);
  assert.deepEqual(item('hf          0 same but no link'), ['link', 'same but no link', false, 0]);
  assert.deepEqual(item('.f........x 0 f'), ['repair', 'f', false, 0]);
  assert.deepEqual(item('>f+++++++++ 44 n\\#012l\\#377\\\\#134#012'), ['copy', 'n\nl\xff\\\\#012', true, 44]);
});

test('readItem() takes nothing else for one', () => {
  for (const line of ['created directory b', 'skipping non-regular file "x"', ' 32,768 100%', ''])
    assert.equal(readItem(line), undefined);
});

test('readProgress() counts bytes', () => {
  assert.equal(readProgress('     1234567  12%    5.00MB/s    0:00:07  '), 1234567);
  assert.equal(readProgress('>f+++++++++ 12 1 2%'), undefined);
});

const said: Readonly<Record<string, readonly [kind: string, topic: string | undefined]>> = {
  'rsync: [sender] send_files failed to open "/proc/self/fd/5/x": Permission denied (13)': [
    'denied',
    undefined,
  ],
  'rsync: [receiver] write failed on "/b/x": No space left on device (28)': ['full', undefined],
  'rsync: [receiver] mkstemp "/b/.x.a1b2c3" failed: Disk quota exceeded (122)': ['full', undefined],
  'rsync: [receiver] rename "/b/x" -> "d/x": Too many levels of symbolic links (40)': ['refused', undefined],
  'file has vanished: "/proc/self/fd/5/x"': ['missing', undefined],
  'rsync: [generator] mknod "/b/dev" failed: Operation not permitted (1)': ['denied', 'special'],
  'rsync: [receiver] rsync_xal_set: lsetxattr("x","user.a") failed: Operation not supported (95)': [
    'unsupported',
    'xattr',
  ],
  'could not make way for new regular file: x': ['conflict', undefined],
  'something nobody has ever heard': ['io', undefined],
};

for (const [line, expected] of Object.entries(said))
  test(`readComplaint() gives a kind to ${line.slice(0, 60)}`, () => {
    const { kind, topic } = readComplaint(line)!;
    assert.deepEqual([kind, topic], expected);
  });

test('readComplaint() keeps the text, printable and without our names for places', () => {
  const { message } = readComplaint('rsync: [sender] cannot \x1b[2J read "/proc/self/fd/5/a"')!;
  assert.equal(message, 'cannot \\033[2J read "a"');
  const swapped = 'rsync: [receiver] rename "/b/.difpipe-0a1b-rsync/tmp/a.x1" -> "d/a": Too many levels (40)';
  assert.equal(readComplaint(swapped)!.message, 'rename "tmp/a.x1" -> "d/a": Too many levels (40)');
});

test('readComplaint() tells a read-only destination from what is mounted read-only below it', () => {
  const whole =
    'rsync: [receiver] mkstemp "/proc/self/fd/5/.difpipe-0a1b-rsync/tmp/a.x1" failed: Read-only file system (30)';
  const below =
    'rsync: [generator] recv_generator: mkdir "/proc/self/fd/5/below/d" failed: Read-only file system (30)';
  const { kind, message } = readComplaint(whole)!;
  assert.deepEqual([kind, message], ['readonly', 'mkstemp "tmp/a.x1" failed: Read-only file system (30)']);
  assert.equal(readComplaint(below)!.kind, 'denied');
});

test('readComplaint() says of an entry what the other engines say of it', () => {
  const ofEntry = (line: string) => readComplaint(line)!.ofEntry;
  const look = 'check who owns it, or run as a user who may';
  assert.deepEqual(
    ofEntry('rsync: [sender] send_files failed to open "/proc/self/fd/5/x": Permission denied (13)'),
    {
      message: 'cannot read it: permission denied',
      hint: look,
    },
  );
  for (const [line, doing, why] of [
    [
      '[receiver] rename "/b/.difpipe-0a1b-rsync/tmp/f.lP" -> "d/f": Permission denied (13)',
      'write',
      'permission denied',
    ],
    ['[generator] recv_generator: mkdir "/b/d" failed: Permission denied (13)', 'make', 'permission denied'],
    [
      '[generator] failed to set times on "/b/d": Operation not permitted (1)',
      'set metadata of',
      'operation not permitted',
    ],
    [
      '[generator] chgrp "/b/d" failed: Operation not permitted (1)',
      'set metadata of',
      'operation not permitted',
    ],
    ['[generator] mknod "/b/p" failed: Permission denied (13)', 'make', 'permission denied'],
  ])
    assert.deepEqual(ofEntry(`rsync: ${line}`), {
      message: `cannot ${doing} it at the destination: ${why}`,
      hint: look,
    });
  assert.equal(ofEntry('file has vanished: "/proc/self/fd/5/x"'), undefined);
  assert.equal(ofEntry('rsync: [sender] something new "x": Permission denied (13)'), undefined);
});

test('readComplaint() passes over what says no more than the exit code', () => {
  const line =
    'rsync error: some files/attrs were not transferred (see previous errors) (code 23) at main.c(1394)';
  assert.equal(readComplaint(line), undefined);
});
