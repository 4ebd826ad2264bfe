import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { TransferError } from '../../src/errors.ts';
import { compileRules } from '../../src/profile/filter.ts';
import { parseFilterFile, parsePattern } from '../../src/profile/filter-file.ts';
import { needs } from '../peer.ts';

const skip = needs('rsync');

const names = ['a', 'b', 'c', 'd ', 'e', '#x', ';y', '+ z', 'f', 'g', '_h'];
const readable = [
  ['- a', '+ b', '- *'],
  ['exclude a', 'include b', 'exclude *'],
  ['# - a', '; - b', '', '- c'],
  ['- a', '!', '- b'],
  ['- a', 'clear', '- b'],
  ['-_a', 'exclude_b', '-, c', 'exclude, e'],
  ['- d ', '- e '],
  ['- #x', '- ;y'],
  ['- + z'],
  ['- _h', '-__h'],
];

for (const lines of readable) {
  for (const end of ['\n', '\r\n', '\r']) {
    test(`parseFilterFile() reads ${JSON.stringify(lines.join(end))} as rsync does`, { skip }, () => {
      const text = lines.join(end);
      const excluded = compileRules(parseFilterFile(text, 'rules'));
      const ours = names.filter((name) => !excluded(name, false)).sort();
      assert.deepEqual(ours, keptByRsync(text));
    });
  }
}

const refused = [
  ['foo', 'it does not begin with + or -'],
  [' - foo', 'it does not begin with + or -'],
  ['excluded foo', 'it does not begin with + or -'],
  ['- ', 'the pattern is missing'],
  ['include', 'the pattern is missing'],
  ['! foo', 'it does not begin with + or -'],
  ['-! foo', 'the modifier "!" is not supported'],
  ['-,s foo', 'the modifier "s" is not supported'],
  ['exclude,/ foo', 'the modifier "/" is not supported'],
  ['. other', "'.' rules are not supported"],
  ['merge other', "'merge' rules are not supported"],
  [': .rules', "':' rules are not supported"],
  ['dir-merge .rules', "'dir-merge' rules are not supported"],
  ['hide foo', "'hide' rules are not supported"],
  ['show foo', "'show' rules are not supported"],
  ['protect foo', "'protect' rules are not supported"],
  ['risk foo', "'risk' rules are not supported"],
  ['H foo', "'H' rules are not supported"],
  ['P foo', "'P' rules are not supported"],
  ['- caf\ufffd', 'it is not UTF-8'],
] as const;

for (const [line, why] of refused) {
  test(`parseFilterFile() refuses ${JSON.stringify(line)} and names file and line`, () => {
    assert.throws(
      () => parseFilterFile(`- a\n${line}\n`, 'rules.txt'),
      isUsage(`cannot use rules.txt line 2: ${why}`),
    );
  });
}

test('parsePattern() takes the pattern as it is, unless rsync reads a sign in front', () => {
  assert.deepEqual(parsePattern('exclude', 'a b'), { action: 'exclude', pattern: 'a b' });
  assert.deepEqual(parsePattern('exclude', '+ a'), { action: 'include', pattern: 'a' });
  assert.deepEqual(parsePattern('include', '- a'), { action: 'exclude', pattern: 'a' });
  assert.deepEqual(parsePattern('include', '-a'), { action: 'include', pattern: '-a' });
  assert.deepEqual(parsePattern('exclude', '!'), { action: 'clear', pattern: '' });
  assert.deepEqual(parsePattern('exclude', '!a'), { action: 'exclude', pattern: '!a' });
});

test('parsePattern() refuses an empty pattern and names the flag', () => {
  assert.throws(() => parsePattern('include', ''), isUsage('cannot use --include: the pattern is missing'));
});

function isUsage(message: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof TransferError);
    assert.deepEqual({ kind: error.kind, message: error.message }, { kind: 'usage', message });
    assert.ok(error.hint);
    return true;
  };
}

function keptByRsync(rules: string): string[] {
  const root = mkdtempSync(join(tmpdir(), 'difpipe-filter-'));
  try {
    mkdirSync(join(root, 'tree'));
    for (const name of names) writeFileSync(join(root, 'tree', name), '');
    writeFileSync(join(root, 'rules'), rules);
    const args = [
      '-an',
      '--out-format=%n',
      '--filter',
      `merge ${root}/rules`,
      `${root}/tree/`,
      `${root}/nowhere/`,
    ];
    const { stdout, stderr } = spawnSync('rsync', args, { encoding: 'utf8' });
    assert.equal(stderr, '');
    return stdout
      .split('\n')
      .filter((line) => names.includes(line))
      .sort();
  } finally {
    rmSync(root, { recursive: true });
  }
}
