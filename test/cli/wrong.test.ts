import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { difpipe, directory } from './difpipe.ts';

const here = directory();
fs.mkdirSync(join(here, 'source'));
fs.writeFileSync(join(here, 'bad.rules'), 'no sign\n');

/** Fails unless these words are answered with one line on standard error, exit 2, and nothing done. */
function refuses(words: readonly string[], expected: RegExp | string): void {
  test(`difpipe ${words.join(' ')} says what was expected`, () => {
    const { status, stdout, stderr } = difpipe(words, { cwd: here });
    assert.equal(status, 2, stderr);
    assert.match(
      stdout,
      words.includes('--json') ? /^\{"schema":1,"type":"error","kind":"usage",[^\n]+\n$/ : /^$/,
    );
    assert.match(stderr, /^difpipe: [^\n]+\n$/);
    if (typeof expected === 'string') assert.equal(stderr, `difpipe: ${expected}\n`);
    else assert.match(stderr, expected);
  });
}

refuses(
  ['transfer', '--verfy', 'source', 'd'],
  'unknown option --verfy for transfer: did you mean --verify?',
);
refuses(
  ['transfer', '--stream=4', 'source', 'd'],
  'unknown option --stream for transfer: did you mean --streams?',
);
refuses(['transfer', '--dry', 'source', 'd'], /did you mean --dry-run\?$/m);
refuses(['transfer', '-z', 'source', 'd'], 'unknown option -z for transfer: did you mean --compress?');
refuses(['transfer', '-avP', 'source', 'd'], /-avP for transfer: modes, owners, times, links/);
refuses(['transfer', '--delete', 'source', 'd'], /nothing is ever deleted/);
refuses(['transfer', '--link-dest=old', 'source', 'd'], /what is replaced is not kept/);
refuses(['transfer', '--inplace', 'source', 'd'], /gets its name when it is complete/);
refuses(['transfer', '--no-owner', 'source', 'd'], /--no-preserve leaves out what is named$/m);
refuses(['transfer', '--no-links', 'source', 'd'], /symlinks are copied as symlinks$/m); // --no-preserve has no word for them
refuses(['transfer', '--iconv=.', 'source', 'd'], /names are taken as they are/); // rsync is not told it
refuses(['transfer', '--verbose=2', 'source', 'd'], '--verbose of transfer takes no value');
refuses(
  ['transfer', '-4', 'source', 'd'],
  'unknown option -4 for transfer: difpipe transfer --help lists them',
);
refuses(['ls', '-t', 'source'], 'unknown option -t for ls: difpipe ls --help lists them');
refuses(['transfer', '--zzz', 'source', 'd'], /difpipe transfer --help lists them/);
refuses(['verify', '--dry-run', 'source', 'd'], /unknown option --dry-run for verify/);
refuses(
  ['--json', 'transfer', 'source', 'd'],
  'unknown option --json before the verb: options come after the verb',
);
refuses(['transfer', '--json', 'none', 'd'], /there is no .*none$/m);
refuses(['transfer', '--json', '--verfy', 'source', 'd'], /did you mean --verify/);
refuses(['runs', 'list', '--jsn'], 'unknown option --jsn for runs list: did you mean --json?');

refuses([], /^difpipe: a verb is missing: expected transfer, .* or completion$/m);
refuses(['trasnfer', 'source', 'd'], 'unknown verb trasnfer: did you mean transfer?');
refuses(['scp', 'source', 'd'], /unknown verb scp: expected transfer, analyze/);
refuses(['sync', 'source', 'd'], 'unknown verb sync: did you mean difpipe transfer?');
refuses(['resume'], 'unknown verb resume: did you mean difpipe runs resume?');
refuses(['runs', 'rm', '2026'], 'unknown verb rm for runs: did you mean difpipe runs forget?');
refuses(['/data', '/backup'], 'unknown verb /data: did you mean difpipe transfer SRC DEST?');
refuses(['runs', 'shwo'], 'unknown verb shwo for runs: did you mean runs show?');
refuses(['help', 'runz'], 'unknown verb runz: did you mean runs?');

refuses(['transfer', 'source'], 'transfer expects SRC DEST, and was given 1 word');
refuses(['transfer', 'a', 'b', 'c'], 'transfer expects SRC DEST, and was given 3 words');
refuses(['transfer'], 'transfer expects SRC DEST, and was given nothing');
refuses(['split', 'source', '--parts', '2'], 'split needs --out <dir>');
refuses(
  ['runs', '--state-dir', 'x', 'show', '2026'],
  'an option stands before the verb of runs: options come after the verb',
);
refuses(['analyze'], 'analyze expects SRC [DEST], and was given nothing');
refuses(['runs', 'show'], 'runs show expects ID, and was given nothing');
refuses(['runs', 'resume', 'a', 'b'], 'runs resume expects [ID], and was given 2 words');
refuses(['doctor', 'x'], 'doctor expects nothing, and was given 1 word');
refuses(['transfer', '--streams'], '--streams of transfer needs a value: --streams <n>');

refuses(
  ['transfer', '--streams', 'many', 'source', 'd'],
  "--streams cannot be 'many': expected a whole number, from 1 to 999999999, or auto",
);
refuses(['transfer', '--streams', '0', 'source', 'd'], /from 1 to/);
refuses(['transfer', '--retries=-1', 'source', 'd'], /--retries cannot be '-1'/);
refuses(['transfer', '--retries', '9999999999', 'source', 'd'], /from 0 to 999999999$/m);
refuses(['transfer', '--max-errors', '1.5', 'source', 'd'], /--max-errors cannot be '1.5'/);
refuses(['transfer', '--bwlimit', '10Q', 'source', 'd'], /expected a rate such as 10M/);
refuses(
  ['transfer', '--strategy', 'paralel', 'source', 'd'],
  /expected auto, .* or rclone; did you mean parallel\?/,
);
refuses(['transfer', '--durability', 'always', 'source', 'd'], /expected part, run or none$/m);
refuses(['transfer', '--progress', 'bars', 'source', 'd'], /did you mean bar\?/);
refuses(
  ['transfer', '--no-preserve', 'owner,tmes', 'source', 'd'],
  /--no-preserve cannot be 'tmes'.*did you mean times\?/,
);
refuses(['completion', 'tcsh'], "SHELL cannot be 'tcsh': expected bash, zsh or fish");
refuses(['transfer', '--json', '--quiet', 'source', 'd'], '--json cannot be used with --quiet');
refuses(['transfer', '--quiet', '-v', 'source', 'd'], /--quiet cannot be used with/);
refuses(['transfer', '--files-from', 'a', '--files-from0', 'b', 'source', 'd'], /cannot be used with/);
for (const flag of ['--files-from', '--files-from0', '--filter-from', '--config', '--source-password-file'])
  refuses(['transfer', `${flag}=`, 'source', 'd'], new RegExp(`^difpipe: ${flag} is empty`));
refuses(['transfer', '--state-dir=', 'source', 'd'], '--state-dir is empty: name a directory');
refuses(['transfer', '--reuse=', 'source', 'd'], '--reuse is empty: name a directory');
refuses(['transfer', '--exclude=', 'source', 'd'], '--exclude is empty');
refuses(['split', 'source', '--parts', '2', '--out='], '--out is empty: name a directory');
refuses(['split', 'source', '--files-from', 'a', '--out', 'd'], /unknown option --files-from for split/);
refuses(['transfer', '--filter-from', 'none', 'source', 'd'], /cannot read none: no such file or directory/);
refuses(
  ['transfer', '--filter-from', '/dev/zero', 'source', 'd'],
  /cannot read \/dev\/zero: it holds more than 16 MiB/,
);
refuses(
  ['ls', '--config', '/dev/zero', 's3://b/x'],
  /the configuration in \/dev\/zero: it holds more than 16 MiB/,
);
for (const words of [
  ['transfer', 'source', 'd'],
  ['verify', 'source', '.'],
  ['analyze', 'source'],
  ['ls', 'source'],
  ['split', '--parts', '1', '--out', 'lists', 'source'],
  ['clean', 's3://b'],
])
  refuses([...words, '--config', 'none'], /cannot read the configuration in none: no such file or directory/);
for (const [dir, why] of [
  ['nosuch', 'no such file or directory'],
  ['bad.rules', 'not a directory'],
] as const)
  refuses(
    ['doctor', '--calibrate', dir],
    `cannot make a directory in ${dir} to calibrate in: ${why}: name one on the disk to measure that can be written to`,
  );
for (const verb of ['transfer', 'verify', 'analyze'])
  refuses(
    [verb, '--files-from', 'no\x1bsuch', 'source', '.'],
    /^difpipe: cannot read the list \$'\/\S+\/no\\033such': no such file or directory\n$/,
  );
refuses(
  ['transfer', '--files-from', 'source', 'source', 'd'],
  /cannot read the list \S+source: [a-z ]*directory\n/,
);
refuses(['transfer', '--files-from', '/dev/zero', 'source', 'd'], /holds a NUL.*--files-from0/);
refuses(['transfer', '--files-from0', '/dev/zero', 'source', 'd'], /there is no path in 1 MiB of it/);
refuses(['transfer', '--filter-from', 'bad.rules', 'source', 'd'], /bad\.rules line 1/);

refuses(
  ['transfer', '--strategy', 'rclone', 'source', 'd'],
  /^difpipe: rclone cannot: neither end is a place/,
);

refuses(
  ['transfer', 'source', ':sftp,host=h,pass=x:y'],
  /the pass of a connection .* make a remote with rclone/,
);
refuses(['transfer', 'htps://host/x', 'd'], 'unknown kind of place htps://: did you mean https://?');
refuses(['transfer', '', 'd'], /a place is empty/);
refuses(['transfer', 'sourec', 'd'], `there is no ${here}/sourec: did you mean ${here}/source?`);
refuses(['transfer', 'none/at/all', 'd'], `there is no ${here}/none/at/all`);
refuses(['transfer', 'user@host', 'd'], `there is no ${here}/user@host: write user@host:path for a host`);
for (const words of [['transfer'], ['verify'], ['analyze']])
  refuses(
    [...words, 'source', 'user@host'],
    'there is no user@host here: write user@host:path for a host, or ./user@host for a directory of that name',
  );
refuses(['runs', 'show', '20200101'], /there is no run 20200101/);
refuses(['runs', 'resume'], /no run in .* is unfinished/);

test('what looks like a host without its colon is a directory where it is there, or is said to be one', () => {
  fs.mkdirSync(join(here, 'me@box'));
  for (const dest of ['me@box', './you@box'])
    assert.equal(difpipe(['transfer', 'source', dest], { cwd: here }).status, 0);
  assert.deepEqual(
    fs.readdirSync(here).filter((name) => name.includes('@')),
    ['me@box', 'you@box'],
  );
});

test('a wrong word is repeated as it was typed', () => {
  const { stderr } = difpipe(['transfér']);
  assert.equal(stderr, 'difpipe: unknown verb transfér: did you mean transfer?\n');
});

test('a wrong word with control bytes reaches the terminal escaped', () => {
  const { stderr } = difpipe(['transfer', '--\x1b[31m\nx', 'a', 'b']);
  assert.equal(
    stderr,
    'difpipe: unknown option --\\033[31m\\nx for transfer: difpipe transfer --help lists them\n',
  );
});

test('a password in a place is refused and not repeated', () => {
  for (const place of [
    'ssh://u:hunter2@h/x',
    'u:hunter2@h:/x',
    'https://u:hunter2@h/',
    's3://k:hunter2@b/',
  ]) {
    const { status, stdout, stderr } = difpipe(['transfer', place, 'd']);
    assert.equal(status, 2);
    assert.doesNotMatch(stdout + stderr, /hunter2/);
  }
});
