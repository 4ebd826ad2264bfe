import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from '../../src/journal/file/sqlite.ts';
import { runsTable } from '../../src/journal/tables/runs-table.ts';
import { needs } from '../peer.ts';
import { difpipe, directory, environment } from './difpipe.ts';

const here = directory();
fs.mkdirSync(join(here, 'folder'));
const runs = directory(); // it is on the PATH of the shells, and has run
fs.symlinkSync(join(import.meta.dirname, '../../bin/difpipe'), join(runs, 'difpipe'));
difpipe(['transfer', join(here, 'folder'), join(here, 'copy')]);
fs.rmdirSync(join(here, 'copy'));
const elsewhere = ['--state-dir', join(here, 'state')];
difpipe(['transfer', ...elsewhere, join(here, 'folder'), join(here, 'copy')]);
fs.rmdirSync(join(here, 'copy'));
const ranElsewhere = new RegExp(`^${difpipe(['runs', ...elsewhere]).stdout.split(' ')[0]}$`, 'm');
const scripts = Object.fromEntries(
  ['bash', 'zsh', 'fish'].map((shell) => {
    const path = join(here, shell === 'zsh' ? '_difpipe' : `script.${shell}`);
    fs.writeFileSync(path, difpipe(['completion', shell]).stdout);
    return [shell, path];
  }),
);

type Case = readonly [line: string, offered: RegExp, notOffered?: RegExp];

const cases: readonly Case[] = [
  ['difpipe ', /^transfer$/m, /^folder/m],
  ['difpipe tr', /^transfer$/m, /^verify$/m],
  ['difpipe runs ', /^resume$/m, /^transfer$/m],
  ['difpipe runs re', /^retry$/m, /^list$/m],
  ['difpipe transfer --ver', /^--verify$/m, /^--streams$/m],
  ['difpipe cp --dry', /^--dry-run$/m],
  ['difpipe transfer -v --strategy p', /^parallel$/m, /^tar$/m],
  ['difpipe transfer a --durability ', /^part$/m, /^folder/m],
  ['difpipe transfer fol', /^folder\/?$/m],
  ['difpipe ls fol', /^folder\/?$/m],
  ['difpipe transfer --exclude x --filter-from fol', /^folder\/?$/m],
  ['difpipe runs resume --progress l', /^line$/m, /^bar$/m],
  ['difpipe completion ', /^fish$/m, /^folder/m],
  ['difpipe help ver', /^verify$/m, /^help$/m],
  ['difpipe help runs ', /^resume$/m, /^transfer$/m],
  ['difpipe doctor --calibrate fol', /^folder\/?$/m],
  ['difpipe runs show --state-dir state ', ranElsewhere],
  ['difpipe runs resume --state-dir=state ', ranElsewhere],
  ['difpipe runs show ', /^20\d{6}-\d{4}-[0-9a-f]+$/m, /^folder/m],
];

function run(command: string, words: readonly string[]): string {
  return execFileSync(command, words, {
    cwd: here,
    encoding: 'utf8',
    input: '',
    timeout: 60_000,
    env: environment({ TERM: 'dumb', PATH: `${runs}:${process.env.PATH}` }),
  });
}

// Runs the function that bash would, and falls back to file names as `-o default` does.
const bash = `
  source "$0"; read -ra COMP_WORDS <<<"$1"; [[ $1 == *' ' ]] && COMP_WORDS+=('')
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); default=1
  compopt() { default=; }
  _difpipe; printf '%s\\n' "\${COMPREPLY[@]}"
  [[ -n $default ]] && compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"; true`;

// Types the line and a tab into a zsh with a terminal of its own, and notes what is offered there.
const zsh = `
  zmodload zsh/zpty; zpty pty zsh -f -i
  await() { local got; while zpty -r pty got; do [[ $got == *$1* ]] && return; done }
  zpty -w pty "cd \${(q)1}; fpath=(\\$PWD \\$fpath); autoload -Uz compinit; compinit -u -D"
  zpty -w pty 'compadd() { local -a o; builtin compadd -A o "$@"; print -rl -- $o >>offered; builtin compadd "$@" }'
  zpty -w pty "bindkey '^X' kill-whole-line; rm -f offered; print rea''dy"
  await ready
  zpty -n -w pty "$2"$'\\t'
  zpty -w pty $'\\x18'"print do''ne"
  await done
  zpty -d pty
  cat $1/offered`;

for (const [line, offered, notOffered] of cases) {
  test(`bash completes ${line}`, { skip: needs('bash') }, () => {
    const words = run('bash', ['--norc', '-c', bash, scripts.bash!, line]);
    assert.match(words, offered);
    if (notOffered) assert.doesNotMatch(words, notOffered);
  });

  test(`fish completes ${line}`, { skip: needs('fish') }, () => {
    const script = 'source $argv[1]; complete -C $argv[2]';
    const words = run('fish', ['--no-config', '-c', script, scripts.fish!, line]).replaceAll(/\t.*$/gm, '');
    assert.match(words, offered);
    if (notOffered) assert.doesNotMatch(words, notOffered);
  });

  test(`zsh completes ${line}`, { skip: needs('zsh') }, () => {
    const words = run('zsh', ['-f', '-c', zsh, 'zsh', here, line]);
    assert.match(words, offered);
    if (notOffered) assert.doesNotMatch(words, notOffered);
  });
}

test('bash does not run what a run in a state directory is named', { skip: needs('bash') }, () => {
  const routes = join(here, 'state/routes');
  const route = fs.readdirSync(routes).find((name) => name.endsWith('.db'))!;
  {
    using db = connect(join(routes, route), { readonly: false, waitMs: 0 });
    const runsOf = runsTable(db);
    runsOf.write({ ...runsOf.all()[0]!, id: '$(touch$IFS./pwned)' });
  }
  assert.match(difpipe(['runs', ...elsewhere]).stdout, /pwned/);
  const words = run('bash', ['--norc', '-c', bash, scripts.bash!, 'difpipe runs show --state-dir state ']);
  assert.match(words, ranElsewhere);
  assert.doesNotMatch(words, /touch/);
  assert.ok(!fs.existsSync(join(here, 'pwned')));
});
