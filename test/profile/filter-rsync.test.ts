import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { compileRules, type Rule } from '../../src/profile/filter.ts';
import { needs } from '../peer.ts';

// rsync is the judge: the same rules over the same tree must keep the same entries.

const long = 'l'.repeat(40);
const names = [
  'x y',
  'a\nb',
  '\xe9',
  long,
  ...'a b ab foo bar foo.o .x A1 [a] a*b b\\b - ! ] [ :'.split(' '),
];
const deep = ['', 'x y', 'x y/\xc3\xa9', '[a]', `foo/${long}`, `${long}/foo`];
const directories = [...deep, ...'a foo foo/bar foo/foo foo/bar/a a/b a/b/a a/b/a/b'.split(' ')];

let root = '';

before(() => {
  root = mkdtempSync(join(tmpdir(), 'difpipe-filter-'));
  for (const directory of directories) mkdirSync(bytes(`${root}/tree/${directory}`), { recursive: true });
  for (const directory of directories) {
    for (const name of names) touch(directory === '' ? name : `${directory}/${name}`);
  }
});

after(() => rmSync(root, { recursive: true }));

const skip = needs('rsync');

test('compileRules() keeps what rsync keeps, for rules written by hand', { skip }, async () => {
  await agree(byHand.map((lines) => lines.map(ruleFrom)));
});

test('compileRules() keeps what rsync keeps, for 400 random lists of rules', { skip }, async () => {
  const random = generator(20_260_611);
  await agree(Array.from({ length: 400 }, () => randomRules(random)));
});

const byHand = [
  ['- *.o'],
  ['- /foo'],
  ['- foo/'],
  ['- foo/*/a'],
  ['- /foo/**/a'],
  ['+ */', '+ *.o', '- *'],
  ['+ foo/', '+ foo/foo.o', '- *'],
  ['+ /foo/', '+ /foo/bar/***', '- *'],
  ['+ foo/***', '- *'],
  ['- **/a'],
  ['- **a'],
  ['- a/**'],
  ['- a**b'],
  ['- /**'],
  ['- **'],
  ['- ***'],
  ['- *'],
  ['- /'],
  ['- //'],
  ['- foo//'],
  ['- b\\b'],
  ['- b\\b*'],
  ['- b\\\\b*'],
  ['- a\\*b'],
  ['- \\[a\\]'],
  ['- \\[a]*'],
  ['- [[]a]'],
  ['- []]'],
  ['- [!]]'],
  ['- [a'],
  ['- [a*'],
  ['- [[:alpha:]]'],
  ['- [[:alpha]'],
  ['- [[:alpha:]-z]'],
  ['- [[:nonsense:]]'],
  ['- [[::]]'],
  ['- [[:]'],
  ['- [a-b-z]'],
  ['- [^a-z]*'],
  ['- [a-]'],
  ['- [-a]'],
  ['- [z-a]'],
  ['- foo[/]bar'],
  ['- foo[!a]bar'],
  ['- [a/]/b'],
  ['- a/[**]b'],
  ['- a/\\**b'],
  ['- foo?bar'],
  ['- foo\\'],
  ['- *\\'],
  ['- é'],
  ['- x y/é/'],
  ['- x y/??/'],
  ['- ?'],
  ['+ a', '- a', '- b'],
  ['- a', '!', '- b'],
  [`- /${'*'.repeat(5)}a/*/*${'?'.repeat(3)}`],
  [`- ${'[a-z]*'.repeat(40)}`],
  [`- **${'*[!x]'.repeat(33)}`],
  [`- **/${long}`],
  [`- **${long}`],
  [`- ${long}/**`],
  [`- ${long}/***`],
  [`- ${long}/f*`],
  [`- foo/${long}*`],
  [`- **/${long}/***`],
  [`- /foo/bar/a/${'*'.repeat(3)}${'[f-o]?*'.repeat(12)}**`],
];

const plain = ['a', 'b', 'ab', 'foo', 'bar', 'o', '.o', 'x', ' ', 'é', '-', '!', '\\', ']', '[', long];
const wild =
  '* * * ** ** **/ /** *** ? ? [a-f] [!a] [^b] []] [[:alpha:]] [![:space:]] [[:punct:]] [a/]'.split(' ');
const escaped = '[\\]] [--z] \\* \\? \\[ \\a [[:upper:][:digit:]]'.split(' ');
const atoms = [...plain, ...wild, ...escaped, '/', '/', '/', '/'];

function randomRules(random: (below: number) => number): Rule[] {
  return Array.from({ length: 1 + random(5) }, () => ({
    action: random(3) === 0 ? 'include' : 'exclude',
    pattern: Array.from({ length: 1 + random(6) }, () => atoms[random(atoms.length)]).join(''),
  }));
}

function ruleFrom(line: string): Rule {
  if (line.startsWith('!')) return { action: 'clear', pattern: '' };
  return { action: line.startsWith('+') ? 'include' : 'exclude', pattern: line.slice(2) };
}

/** Asks rsync about many lists side by side: it spends most of its time waiting for its own processes. */
async function agree(lists: readonly Rule[][]): Promise<void> {
  const pending = [...lists];
  const lane = async () => {
    for (let rules = pending.pop(); rules; rules = pending.pop()) {
      assert.deepEqual(kept(rules), await keptByRsync(rules), JSON.stringify(rules));
    }
  };
  await Promise.all(Array.from({ length: 16 }, lane));
}

function kept(rules: readonly Rule[]): string[] {
  const excluded = compileRules(rules);
  const found: string[] = [];
  const visit = (directory: string) => {
    for (const entry of readdirSync(bytes(`${root}/tree/${directory}`), {
      withFileTypes: true,
      encoding: 'buffer',
    })) {
      const path = `${directory}${entry.name.toString('latin1')}`;
      if (excluded(path, entry.isDirectory())) continue;
      found.push(entry.isDirectory() ? `${path}/` : path);
      if (entry.isDirectory()) visit(`${path}/`);
    }
  };
  visit('');
  return found.sort();
}

async function keptByRsync(rules: readonly Rule[]): Promise<string[]> {
  const signs = { include: '+ ', exclude: '- ', clear: '!' };
  const filters = rules.map(({ action, pattern }) => `--filter=${signs[action]}${pattern}`);
  const args = ['-an8', '--out-format=%n', ...filters, `${root}/tree/`, `${root}/nowhere/`];
  const { stdout } = await promisify(execFile)('rsync', args, { encoding: 'latin1' });
  const lines = stdout
    .split('\n')
    .filter((line) => line !== '' && line !== './' && !line.startsWith('created '));
  return lines
    .map((line) => line.replace(/\\#(\d{3})/g, (_, code) => String.fromCharCode(parseInt(code, 8))))
    .sort();
}

/** Numbers below a limit, the same ones for the same seed. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function touch(path: string): void {
  const at = bytes(`${root}/tree/${path}`);
  if (!existsSync(at)) writeFileSync(at, '');
}

function bytes(latin1: string): Buffer {
  return Buffer.from(latin1, 'latin1');
}
