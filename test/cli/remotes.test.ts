import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { remoteNames } from '../../src/cli/words/remotes.ts';

function namesIn(text: string, env: NodeJS.ProcessEnv = {}) {
  using dir = fs.mkdtempDisposableSync(join(tmpdir(), 'difpipe-remotes-'));
  const file = join(dir.path, 'rclone.conf');
  fs.writeFileSync(file, text);
  return remoteNames({ ...env, RCLONE_CONFIG: file });
}

test('remoteNames() reads the sections of the file and the variables', () => {
  const names = namesIn('[disk]\ntype = local\n\n[two words]\r\ntype = s3\n', {
    RCLONE_CONFIG_BOX_TYPE: 'sftp',
  });
  assert.deepEqual(names, ['disk', 'two words', 'box', 'BOX']);
});

test('remoteNames() does not know what is in an encrypted file', () => {
  assert.equal(namesIn('# Encrypted rclone configuration File\n\nRCLONE_ENCRYPT_V0:\nabc\n'), undefined);
});

test('remoteNames() finds none where there is no file', () => {
  assert.deepEqual(remoteNames({ RCLONE_CONFIG: '/nowhere' }), []);
});
