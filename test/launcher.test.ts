import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import pkg from '../package.json' with { type: 'json' };
import { needs } from './peer.ts';

const repo = join(import.meta.dirname, '..');
const root = fs.mkdtempSync(join(tmpdir(), 'launcher-'));
after(() => fs.rmSync(root, { recursive: true }));

// What a person has who cloned and did nothing else: the system's own Node, and nothing of ours on PATH.
const path = (process.env.PATH ?? '').split(delimiter).filter((at) => !at.includes('node_modules'));
const env = { ...process.env, PATH: path.join(delimiter), npm_config_prefer_offline: 'true' };

const clone = join(root, 'a clone');
const link = join(root, 'bin/difpipe');

/** The files git would hand to a clone, as they are now, committed or not. */
function cloneNow(): void {
  const listing = ['-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const names = execFileSync('git', listing, { cwd: repo, encoding: 'utf8' }).split('\0').filter(Boolean);
  for (const name of names.filter((name) => fs.existsSync(join(repo, name)))) {
    fs.cpSync(join(repo, name), join(clone, name), { verbatimSymlinks: true });
  }
  fs.mkdirSync(join(root, 'bin'));
  fs.symlinkSync('../a clone/bin/difpipe', link);
}

/** Runs the link from a directory that has nothing to do with the clone. */
async function launch(...args: string[]) {
  return promisify(execFile)(link, args, { cwd: tmpdir(), env });
}

describe('bin/difpipe', { skip: needs('git', 'npm') }, () => {
  before(cloneNow);

  test('installs what is missing once, also when started twice, and runs the sources', async () => {
    const both = await Promise.all([launch('--version'), launch('--version')]);
    for (const { stdout } of both) assert.ok(stdout.includes(pkg.version), stdout);
    const said = both.map(({ stderr }) => stderr).join('');
    assert.equal(said, 'difpipe: installing what is missing (npm ci --ignore-scripts)\n');
  });

  test('fails where standard output is closed, or full, and there are results', () => {
    const to = (redirection: string, ...words: string[]) =>
      spawnSync('sh', ['-c', `"$0" "$@" ${redirection}`, link, ...words], { env, encoding: 'utf8' });
    for (const words of [['ls', clone], ['ls', '--json', clone], ['doctor'], ['--help'], ['--version']]) {
      const { status, stderr } = to('>&-', ...words);
      assert.equal(status, 1, stderr);
      assert.match(stderr, /^difpipe: cannot write results: [^\n]*bad file descriptor[^\n]*\n$/);
    }
    assert.match(
      to('>/dev/full', '--version').stderr,
      /^difpipe: cannot write results: .*no space left.*\n$/,
    );
    assert.equal(to('>/dev/null', 'ls', clone).status, 0);
    const dest = join(root, 'copied');
    const quiet = to('>&-', 'transfer', join(clone, 'bin'), dest, '--state-dir', join(root, 'state'));
    assert.equal(quiet.status, 0, quiet.stderr); // it has no results
    assert.deepEqual(fs.readdirSync(dest), ['difpipe']);
  });

  test('says nothing when all is there', async () => {
    assert.equal((await launch('--version')).stderr, '');
  });

  test('sees that an install was done by hand, by an npm that makes no link to Node', async () => {
    for (const made of ['.difpipe-installed', '.bin/node']) fs.rmSync(join(clone, 'node_modules', made));
    assert.equal((await launch('--version')).stderr, '');
  });

  test('prefers the built file while that is newer than the sources, and hands over to it', () => {
    fs.mkdirSync(join(clone, 'dist'));
    fs.writeFileSync(join(clone, 'dist/difpipe'), '#!/bin/sh\necho "$@"; kill -TERM $$\n', { mode: 0o755 });
    const first = spawnSync(link, ['a b', '--', 'c'], { env, encoding: 'utf8' });
    assert.equal(first.stdout, 'a b -- c\n');
    assert.equal(first.signal, 'SIGTERM');

    fs.writeFileSync(join(clone, 'src/new.ts'), '');
    const second = spawnSync(link, ['--version'], { env, encoding: 'utf8' });
    assert.equal(second.status, 0, second.stderr);
  });
});
