/** Lists of a tree that cannot be read everywhere: what can be is in them, and the rest is named. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { run, shell, workspace } from '../engine/run.ts';
import { needs } from '../peer.ts';

const under = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
const how = { under, env: { HOME: '/', NODE_COMPILE_CACHE: undefined } };

test('split names directories that it may not read, lists all the others, and exits 3', {
  skip: needs('root', 'setpriv'),
}, async () => {
  const here = workspace();
  const [source, lists] = [join(here, 'source'), join(here, 'lists')];
  await shell(
    here,
    `mkdir -p source/a/locked source/b source/blind/below source/z lists; touch source/a/locked/x source/b/y
     touch source/blind/below/f source/blind/g source/z/last; chmod 700 source/a/locked; chmod 744 source/blind
     chown 65534 lists; chmod -R 700 source/a/locked`,
  );
  const ran = await run(join(here, 'state'), ['split', source, '--parts', '1', '--out', lists], how);
  assert.equal(ran.status, 3, ran.stderr);
  const failed = ran.failed.map(({ kind, path }) => `${kind} ${path}`).sort();
  const listed = fs.readFileSync(join(lists, '000001-of-000001.list'), 'utf8').split('\n').filter(Boolean);
  assert.deepEqual(listed.sort(), ['b/y', 'z/last']);
  assert.deepEqual(failed, ['denied a/locked', 'denied blind/below', 'denied blind/g']);
  fs.rmSync(join(lists, '000001-of-000001.list'));
  const words = ['--exclude', 'locked', '--exclude', 'blind', '--parts', '1', '--out', lists];
  assert.equal((await run(join(here, 'state'), ['split', source, ...words], how)).status, 0);
});

test('split of a directory that may not be read at all is an error, and leaves no lists', {
  skip: needs('root', 'setpriv'),
}, async () => {
  const here = workspace();
  await shell(here, 'mkdir -m 700 source; mkdir lists; chown 65534 lists');
  const words = ['split', join(here, 'source'), '--parts', '2', '--out', join(here, 'lists')];
  const ran = await run(join(here, 'state'), words, how);
  assert.deepEqual([ran.status, ran.error?.kind], [1, 'denied'], ran.stderr);
  assert.deepEqual(fs.readdirSync(join(here, 'lists')), []);
});

for (const [out, why] of [
  ['locked/lists', 'permission denied'],
  ['/proc/lists', 'no such file or directory'], // where Node's own mkdir never ends
] as const)
  test(`split whose lists cannot be in ${out} says so, and what to do`, {
    skip: needs('root', 'setpriv'),
  }, async () => {
    const here = workspace();
    await shell(here, 'mkdir -m 755 source; mkdir -m 700 locked');
    const dir = out.startsWith('/') ? out : join(here, out);
    const words = ['split', join(here, 'source'), '--parts', '1', '--out', dir];
    const ran = await run(join(here, 'state'), words, how);
    assert.equal(ran.status, 1, ran.stderr);
    const { message, hint } = ran.error!;
    assert.equal(message, `cannot write lists to ${dir}: ${why}`);
    assert.equal(hint, 'give another directory with --out');
  });
