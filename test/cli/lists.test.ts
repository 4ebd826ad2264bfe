/** What a person may give by mistake as a list of paths, and what they read then. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { difpipe, directory, objects } from './difpipe.ts';
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

const remarks: readonly (readonly [name: string, text: string, said: RegExp, code: number])[] = [
  ['nothing', '', /the list on standard input is empty; check what writes it/, 0],
  ['lines without a path', '\n\n', /the list on standard input is empty/, 0],
  [
    'a directory with a slash',
    'a/\nb\n',
    /names a\/ without what is in it; only what is listed goes: list/,
    0,
  ],
  ['the source', 'a/\n.\n', /names a\/ without what is in it/, 0],
  ['nothing but the source', '.\n', /names \. without what is in it/, 0],
  ['several directories', 'a/\n./\nsub/\nb\n', /names a\/ and 1 more directory without what is in them/, 3],
  [
    'lines of Windows',
    'b\r\nfoo.bak\r\n',
    /has 2 lines with a carriage return at the end, taken for a part/,
    3,
  ],
  ['a comment', '# all of it\nb\n', /has 1 line with # at the beginning, taken for a name; lists have/, 3],
];

for (const [name, input, said, code] of remarks)
  test(`a list of ${name} is remarked upon`, () => {
    const { source, dest } = ground();
    const { status, stderr } = difpipe(['transfer', '--files-from', '-', source, dest], { input });
    assert.match(stderr, said);
    assert.equal(status, code, stderr);
    for (const words of [
      ['verify', source, dest],
      ['analyze', source],
      ['analyze', source, dest],
    ])
      assert.match(difpipe([...words, '--files-from', '-'], { input }).stderr, said);
  });

for (const input of [
  '.\n./a\n./a/1.txt\n',
  'a/\na/1.txt\n.hidden\n',
  'a/1.txt\na/\n',
  '#old#\nb\n',
  'a\nb\n',
])
  test(`a list in order is not remarked upon: ${JSON.stringify(input)}`, () => {
    const { source, dest } = ground();
    tree(source, { '.hidden': '', '#old#': '' });
    const { status, stderr } = difpipe(['transfer', '--files-from', '-', source, dest], { input });
    assert.equal(status, 0, stderr);
    assert.doesNotMatch(stderr, /the list/);
  });

test('a list is remarked upon once, also where it is read again to compare, and after the run has begun', () => {
  const { source, dest, list } = ground();
  const words = ['transfer', '--verify', '--files-from', list('a/\nb\n'), source, dest];
  assert.equal(difpipe(words).stderr.match(/names a\/ without what is in it/g)?.length, 1);
  const events = objects(difpipe([...words, '--json']).stdout).map(({ type }) => type);
  assert.deepEqual(events.slice(0, 2), ['started', 'warning']);
  assert.equal(events.filter((type) => type === 'warning').length, 1);
});

test('a path of a list that goes up and stays in the source is refused for what it is', () => {
  const { source, dest } = ground();
  const of = (input: string) => difpipe(['transfer', '--files-from', '-', source, dest], { input });
  assert.match(
    of('a/../foo.bak\n').stderr,
    /the list holds a\/\.\.\/foo\.bak: \.\. is not followed: list the path without it/,
  );
  assert.match(of('a/../../foo.bak\n').stderr, /leads out of the source/);
  assert.match(of('../a/foo.bak\n').stderr, /leads out of the source/);
  assert.equal(of('a/..\n').status, 2);
});
