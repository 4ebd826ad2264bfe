/** A user whom the system knows by nothing but a number, as in many containers. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { program } from '../built.ts';
import { needs } from '../peer.ts';
import { freePort } from '../port.ts';
import { directory } from './difpipe.ts';
import { tree } from './trees.ts';

const uid = 54321;

function nameless(words: readonly string[], env: NodeJS.ProcessEnv) {
  const under = [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', ...program, ...words];
  return spawnSync('setpriv', under, { cwd: '/', env: { PATH: process.env.PATH, ...env }, encoding: 'utf8' });
}

test('a user without a name goes to hosts, by his number where no other name is given', {
  skip: needs('root', 'setpriv'),
}, async () => {
  const [port, HOME] = [await freePort(), directory()];
  fs.chownSync(HOME, uid, uid);
  for (const [user, who] of [
    ['me@', 'me'],
    ['', String(uid)],
  ] as const) {
    const { status, stderr } = nameless(['ls', `ssh://${user}127.0.0.1:${port}/x`], { HOME });
    assert.equal(status, 1, stderr);
    assert.match(
      stderr,
      new RegExp(`^difpipe: cannot reach ${who}@127\\.0\\.0\\.1:${port}: nothing answers`),
    );
  }
});

test('a user without a home directory is told to set HOME, and needs none for places of this machine', {
  skip: needs('root', 'setpriv'),
}, () => {
  const here = directory();
  fs.chownSync(here, uid, uid);
  const source = tree(join(here, 'source'), { file: 'x' });
  const words = ['transfer', source, join(here, 'dest')];
  assert.equal(nameless([...words, '--state-dir', join(here, 'state')], {}).status, 0);
  for (const [wrong, hint] of [
    [words, 'set HOME, or give --state-dir'],
    [['runs'], 'set HOME, or give --state-dir'],
    [['ls', 's3://bucket/x'], 'set HOME'],
    [['ls', 'ssh://me@127.0.0.1:1/x'], 'set HOME'],
  ] as const) {
    const { status, stderr } = nameless(wrong, {});
    assert.equal(stderr, `difpipe: user ${uid} has no home directory: ${hint}\n`);
    assert.equal(status, 2);
  }
});

test('an empty HOME is none: runs are remembered where the system says that he lives', {
  skip: needs('root'),
}, () => {
  const [command, ...rest] = program;
  const env = { PATH: process.env.PATH, HOME: '' };
  const { stdout } = spawnSync(command!, [...rest, 'doctor', '--json'], { env, encoding: 'utf8' });
  assert.equal(JSON.parse(stdout).state.dir, join(userInfo().homedir, '.local/state/difpipe'));
});
