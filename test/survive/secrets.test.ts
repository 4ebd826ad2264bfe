import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { built } from '../built.ts';
import { MiB } from '../trees.ts';
import { place } from './ground.ts';
import { assertStatus, start } from './program.ts';

// What is remembered of a transfer is for its user alone, also where the umask would let all others in.

const open = ['sh', '-c', 'umask 000; exec "$@"', 'sh'];

/** Each entry below a directory that others than its owner may do something with, and the directory itself. */
function openTo(root: string): string[] {
  const found = execFileSync('find', [root, '-perm', '/077', '-printf', '%P %m %s\n'], { encoding: 'utf8' });
  return found.split('\n').filter((line) => line !== '');
}

function modes(root: string, type: 'd' | 'f'): string[] {
  const found = execFileSync('find', [root, '-type', type, '-printf', '%m\n'], { encoding: 'utf8' });
  return [...new Set(found.split('\n').filter((line) => line !== ''))];
}

test('Journal, lock and unfinished files are private at any time, with umask 000', async () => {
  using here = place();
  const [source, dest, home] = [join(here.path, 'from'), join(here.path, 'to'), join(here.path, 'home')];
  for (const dir of [source, dest, home]) fs.mkdirSync(dir);
  const state = join(home, 'state/difpipe');
  fs.writeFileSync(join(source, 'big'), Buffer.alloc(70 * MiB, 'x'), { mode: 0o600 });
  fs.chmodSync(source, 0o700);
  const running = start(state, ['transfer', '--bwlimit', '25M', source, dest], { under: open });
  await running.next('progress', ({ bytes }) => Number(bytes) > MiB);
  assertPrivate(state);
  for (const name of fs.readdirSync(dest)) assert.equal(fs.statSync(join(dest, name)).mode & 0o077, 0, name);
  assertStatus(0, await running.ended);
  assertPrivate(state);
});

test('so is what the one file unpacks', () => {
  using here = place();
  const [source, dest, home] = [join(here.path, 'from'), join(here.path, 'to'), join(here.path, 'home')];
  fs.mkdirSync(source);
  fs.mkdirSync(home, { mode: 0o700 });
  const env = { HOME: home };
  execFileSync('sh', [...open.slice(1), built(), 'transfer', '--quiet', source, dest], { env, cwd: '/' });
  assertPrivate(join(home, '.cache/difpipe'));
  assertPrivate(join(home, '.local/state/difpipe'));
});

function assertPrivate(state: string): void {
  assert.deepEqual(openTo(state), []);
  assert.deepEqual([modes(state, 'd'), modes(state, 'f')], [['700'], ['600']]);
}
