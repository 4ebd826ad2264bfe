import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const voice = join(import.meta.dirname, '../../src/cli/voice/voice.ts');
const says = `const { speak } = await import('${voice}');
const code = await speak({ progress: 'none' }, { onlyResults: true }, async ({ printer }) => {
  printer.result('one line');
  return 4;
});
console.error(code);`;

test('speak() hears of results that cannot be written also where they are the last thing it does', () => {
  const full = fs.openSync('/dev/full', 'w');
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', says], {
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  });
  fs.closeSync(full);
  assert.equal(stderr, '141\n');
});
