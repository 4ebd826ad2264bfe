import assert from 'node:assert/strict';
import { test } from 'node:test';
import pkg from '../../package.json' with { type: 'json' };
import { difpipe } from './difpipe.ts';

const verbs = [
  [],
  ['transfer'],
  ['cp'],
  ['analyze'],
  ['verify'],
  ['ls'],
  ['runs'],
  ['runs', 'list'],
  ['runs', 'show'],
  ['runs', 'resume'],
  ['runs', 'retry'],
  ['runs', 'forget'],
  ['split'],
  ['clean'],
  ['doctor'],
  ['completion'],
];

for (const words of verbs) {
  test(`difpipe ${words.join(' ')} --help ends with examples and exit codes, on standard output`, () => {
    const { status, stdout, stderr } = difpipe([...words, '--help']);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    assert.match(stdout, /\nExamples:\n( {2}# .+\n {2}difpipe .+\n)+\nExit codes:\n( {2}\d+ +\S.*\n)+$/);
    assert.ok(stdout.split('\n').every((line) => line.length <= 80));
    assert.match(stdout, /^Usage: .+\n\n[A-Z][^\n]+(\n[^\n]+)*\.\n\n/, 'says in sentences what it does');
  });
}

test('difpipe help VERB is the same as difpipe VERB --help', () => {
  assert.equal(difpipe(['help', 'verify']).stdout, difpipe(['verify', '--help']).stdout);
});

test('difpipe help runs resume is the same as difpipe runs resume --help', () => {
  assert.equal(difpipe(['help', 'runs', 'resume']).stdout, difpipe(['runs', 'resume', '--help']).stdout);
});

test('help of a verb that does not exist says so, whatever follows', () => {
  const asked = ['help nonsense', 'help nonsense more', 'nonsense --help', 'nonsense more -h'];
  const ofRuns = ['help runs nonsense', 'runs nonsense --help', 'runs nonsense more -h'];
  for (const line of [...asked, ...ofRuns]) {
    const { status, stdout, stderr } = difpipe(line.split(' '));
    assert.deepEqual([line, status, stdout], [line, 2, '']);
    assert.match(stderr, /^difpipe: unknown verb nonsense( for runs)?: /);
  }
});

test('help is shown of what is a verb, whatever follows', () => {
  for (const line of [
    'help',
    'help --help',
    'help -h',
    'help help',
    '--help nonsense',
    'runs --help nonsense',
    'runs list more --help',
  ])
    assert.match(difpipe(line.split(' ')).stdout, /^Usage: difpipe /);
});

test('clean and runs forget, which only speak to buckets, have no flags of hosts', () => {
  for (const words of [['clean'], ['runs', 'forget']]) {
    const { stdout } = difpipe([...words, '--help']);
    assert.match(stdout, /--s3-endpoint/);
    assert.doesNotMatch(stdout, /Hosts:|password|host-keys|sse-c-key/);
  }
});

test('difpipe --help names every verb and not its alias', () => {
  const { stdout } = difpipe(['--help']);
  for (const verb of ['transfer', 'analyze', 'verify', 'ls', 'runs', 'doctor', 'completion']) {
    assert.match(stdout, new RegExp(`^  ${verb}\\b`, 'm'));
  }
  assert.doesNotMatch(stdout, /\bcp\b/);
});

for (const flag of ['--version', '-V']) {
  test(`difpipe ${flag} prints name and version`, () => {
    assert.deepEqual(difpipe([flag]), { status: 0, stdout: `difpipe ${pkg.version}\n`, stderr: '' });
  });
}

test('transfer --help lists every flag that was promised', () => {
  const { stdout } = difpipe(['transfer', '--help']);
  const flags = `--strategy --streams --dry-run --verify --checksum --include --exclude --filter-from --files-from
    --files-from0 --one-file-system --no-preserve --numeric-ids --durability --retries --max-errors --bwlimit
    --state-dir --json --quiet --progress --verbose --trust-journal`;
  for (const flag of flags.split(/\s+/)) assert.match(stdout, new RegExp(`${flag}\\b`));
});
