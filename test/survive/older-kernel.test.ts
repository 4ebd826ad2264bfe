import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { place } from './ground.ts';
import { assertSame, runTo } from './program.ts';

// What newer kernels do in one call is done in several where they are older.

const skip = needs('rsync', 'xattrs');
const openat2 = 437;
const listxattrat = 465;
const without = (...calls: number[]) => ({
  under: [process.execPath, join(import.meta.dirname, 'without-calls.ts'), calls.join(',')],
});

test('a kernel without openat2 and listxattrat: trees are copied, and attributes compared', {
  skip,
}, async () => {
  using here = place('disk');
  const [source, dest, state] = ['source', 'dest', 'state'].map((name) => join(here.path, name)) as [
    string,
    string,
    string,
  ];
  fs.mkdirSync(join(source, 'one/two'), { recursive: true });
  const names = ['file', 'one/file', 'one/two/file'];
  for (const name of names) fs.writeFileSync(join(source, name), name);
  fs.symlinkSync('file', join(source, 'one/link'));
  const older = without(openat2, listxattrat);
  await runTo(0, state, ['transfer', source, dest], older);
  assertSame(source, dest);
  for (const name of names) execFileSync('setfattr', ['-n', 'user.new', '-v', name, join(source, name)]);
  await runTo(0, state, ['transfer', source, dest], older);
  assertSame(source, dest);
});
