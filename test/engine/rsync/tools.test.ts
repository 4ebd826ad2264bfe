import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read } from '../../../src/engine/rsync/program/tools.ts';

const able = 'Capabilities:\n    hardlinks, ACLs, xattrs, optional secluded-args\n';

test('read() takes rsync 3.1.3 and later, with what it was built with', () => {
  const versions = { '3.1.3': true, '3.2.7': true, 'v3.4.1': false, '3.10.0': false, '4.0.0': false };
  for (const [version, isOpen] of Object.entries(versions))
    assert.deepEqual(read(`rsync  version ${version}  protocol version 31\n${able}`, 'at the far end'), {
      xattrs: true,
      acls: true,
      isOpen,
    });
  const lean = 'rsync  version 3.2.7  protocol version 31\nCapabilities:\n    no ACLs, no xattrs, iconv\n';
  assert.deepEqual(read(lean, 'on this machine'), { xattrs: false, acls: false, isOpen: true });
});

const refused: Readonly<Record<string, RegExp>> = {
  'rsync  version 3.1.2  protocol version 31\n': /^rsync at the far end is 3\.1\.2, which is too old$/,
  'rsync  version 2.6.9  protocol version 29\n': /too old/,
  'openrsync: protocol version 29\nrsync version 2.6.9 compatible\n': /is another program: openrsync$/,
  'sh: 1: rsync: not found\n': /^rsync at the far end is not there$/,
  '': /^rsync at the far end is not there$/,
  'go away\x1b[2J': /is another program: go away\\033\[2J$/,
};

for (const [said, message] of Object.entries(refused))
  test(`read() refuses what says ${JSON.stringify(said.slice(0, 30))}`, () => {
    assert.throws(() => read(said, 'at the far end'), { kind: 'unsupported', message });
  });
