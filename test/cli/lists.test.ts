/** What a person may give by mistake as a list of paths, and what they read then. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { difpipe, directory } from './difpipe.ts';
import { names, tree } from './trees.ts';

function ground() {
  const here = directory();
  const source = tree(join(here, 'source'), { 'a/1.txt': 'one', 'foo.bak': 'backup', b: 'b' });
  const dest = join(here, 'dest');
  const list = (text: string) => {
    fs.writeFileSync(join(here, 'list'), text);
    return join(here, 'list');
  };
  return { here, source, dest, list };
}

for (const text of ['a/1.txt\0foo.bak', 'a/1.txt\0b\n', '1\0..\n', 'b\na\0'])
  test(`--files-from takes no NUL for the end of a path: ${JSON.stringify(text)}`, () => {
    const { source, dest, list } = ground();
    tree(dest, {});
    for (const words of [
      ['transfer', source, dest],
      ['verify', source, dest],
      ['analyze', source],
    ]) {
      const { status, stderr } = difpipe([...words, '--files-from', list(text)]);
      assert.equal(status, 2, stderr);
      assert.match(stderr, /the list \S+list holds a NUL.*: give --files-from0/);
    }
    const piped = difpipe(['transfer', '--files-from', '-', source, dest], { input: text });
    assert.match(piped.stderr, /the list on standard input holds a NUL/);
    assert.deepEqual(names(dest), []);
  });
