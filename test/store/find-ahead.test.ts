import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { itself, type RelativePath, relativePath } from '../../src/store/path.ts';
import type { Rows } from '../../src/store/rows.ts';
import { FindAhead, listAhead } from '../../src/store/sftp/find/find-ahead.ts';
import type { RunFar } from '../../src/work/far-process.ts';
import { signal } from './bodies.ts';

const root = fs.mkdtempSync(join(tmpdir(), 'difpipe-ahead-'));
after(() => fs.rmSync(root, { recursive: true }));
fs.mkdirSync(join(root, 'one/empty'), { recursive: true });
for (const name of ['a\nb', 'c']) {
  fs.mkdirSync(join(root, 'one', name));
  fs.writeFileSync(join(root, 'one', name, 'file'), 'x');
}
fs.writeFileSync(join(root, 'last'), 'x');
fs.symlinkSync('one', join(root, 'link'));

/** As on another machine: after that find the shell does what `then` says. */
function shell(then = ''): { readonly run: RunFar; readonly root: Buffer } {
  const run: RunFar = async (script, args) => {
    const argv = args.map((arg) => Buffer.from(arg).toString('latin1'));
    const child = spawn('sh', ['-c', `${script.replace('exec ', '')}; ${then}`, 'sh', ...argv]);
    const ended = once(child, 'close').then(([code, killed]) => ({ code, signal: killed ?? undefined }));
    const dispose = async () => {
      child.kill();
      await ended;
    };
    return { ...child, complaint: () => '', ended, [Symbol.asyncDispose]: dispose } as never;
  };
  return { run, root: Buffer.from(root) };
}

const pathOf = (text: string) => relativePath(Buffer.from(text))!;
const namesOf = (found: Rows | undefined) =>
  found && [...found.values()].map(({ path }) => Buffer.from(path).toString()).sort();

/** Every directory below one, as far as it is at hand. */
async function walk(ahead: FindAhead, dir: RelativePath = itself): Promise<(string[] | undefined)[]> {
  const found = await ahead.take(dir);
  const below = [...(found?.values() ?? [])].filter(({ kind }) => kind === 'directory');
  const lists = [namesOf(found)];
  for (const { path } of below) lists.push(...(await walk(ahead, path as RelativePath)));
  return lists;
}

/** What is in the one of these two that find came to first. */
async function firstOfTwo(ahead: FindAhead): Promise<string[]> {
  const both = await Promise.all([ahead.take(pathOf('one/a\nb')), ahead.take(pathOf('one/c'))]);
  return both.flatMap((found) => namesOf(found) ?? []).slice(0, 1);
}

test('FindAhead knows each directory until it was taken, and follows no symlink', async () => {
  const ahead = new FindAhead(shell());
  ahead.start({ surely: true, anew: false }, signal);
  const top = await ahead.take(itself);
  assert.deepEqual(namesOf(top), ['last', 'link', 'one']);
  assert.equal(ahead.known(pathOf('one'))?.kind, 'directory');
  assert.deepEqual((await walk(ahead, pathOf('one'))).sort(), [
    [],
    ['one/a\nb', 'one/c', 'one/empty'],
    ['one/a\nb/file'],
    ['one/c/file'],
  ]);
  assert.equal(ahead.known(pathOf('one')), undefined);
  assert.equal(await ahead.take(pathOf('link')), undefined);
});

test('FindAhead gives nothing surely where find complained', async () => {
  const ahead = new FindAhead(shell('exit 1'));
  ahead.start({ surely: true, anew: false }, signal);
  assert.deepEqual(await walk(ahead), [undefined]);
});

test('FindAhead does not believe that a directory is empty where find complained', async () => {
  const ahead = new FindAhead(shell('exit 1'));
  ahead.start({ surely: false, anew: false }, signal);
  assert.match((await firstOfTwo(ahead))[0]!, /\/file$/);
  assert.equal(await ahead.take(pathOf('one/empty')), undefined);
});

test('FindAhead keeps nobody waiting for a find that does not go on', async () => {
  const ahead = new FindAhead(shell('sleep 5'));
  ahead.start({ surely: false, anew: false }, signal);
  assert.equal(await ahead.take(pathOf('one')), undefined);
  assert.match((await firstOfTwo(ahead))[0]!, /\/file$/);
});

test('FindAhead gives what is in the place itself, once, before find has come to its end', async () => {
  const ahead = new FindAhead(shell('sleep 5'));
  ahead.start({ surely: false, anew: false }, signal);
  assert.deepEqual(namesOf(await ahead.take(itself)), ['last', 'link', 'one']);
  assert.equal(await ahead.take(itself), undefined);
});

test('listAhead() asks for what is not at hand', async () => {
  const asked: string[] = [];
  const list = listAhead(new FindAhead(shell()), async function* (dir) {
    asked.push(Buffer.from(dir).toString());
    yield* [];
  });
  for await (const _ of list(pathOf('one'), signal)) assert.fail('nothing is listed');
  assert.deepEqual(asked, ['one']);
});

test('FindAhead leaves a directory to others that holds a path which is too long', async () => {
  const names = Array.from({ length: 16 }, (_, at) => `${at}${'x'.repeat(230)}`);
  const top = join(root, 'one');
  fs.mkdirSync(join(top, ...names), { recursive: true });
  const ahead = new FindAhead(shell());
  ahead.start({ surely: true, anew: false }, signal);
  assert.deepEqual(namesOf(await ahead.take(itself)), ['last', 'link', 'one']);
  const deepest = (depth: number) => pathOf(['one', ...names.slice(0, depth)].join('/'));
  assert.equal(namesOf(await ahead.take(deepest(14)))?.length, 1);
  for (const depth of [15, 16]) assert.equal(await ahead.take(deepest(depth)), undefined);
});
