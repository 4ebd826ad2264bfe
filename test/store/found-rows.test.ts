import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { listNow } from '../../src/store/local/list.ts';
import { Root } from '../../src/store/local/root.ts';
import { itself } from '../../src/store/path.ts';
import type { Sieve } from '../../src/store/rows.ts';
import { printed, QuickParser } from '../../src/store/sftp/find/found-quickly.ts';
import { FoundRows, typeOf } from '../../src/store/sftp/find/found-rows.ts';

const work = fs.mkdtempSync(join(tmpdir(), 'difpipe-rows-'));
after(() => fs.rmSync(work, { recursive: true }));

/** A directory with files, and what find says of it. */
function made(name: string, files: number): { readonly dir: string; readonly rows: () => FoundRows } {
  const dir = join(work, name);
  fs.mkdirSync(dir);
  for (let at = 0; at < files; at++) fs.writeFileSync(join(dir, `file ${at}\nü`), `${at}`);
  fs.mkdirSync(join(dir, 'inside'));
  const rows = () => {
    const all = new FoundRows(itself);
    const { stdout } = spawnSync('find', [dir, '-mindepth', '1', '-printf', printed]);
    new QuickParser().push(stdout, (row, name) => typeOf(row) && all.add(row, name));
    return all;
  };
  return { dir, rows };
}

/** What a sieve that knows the rows leaves, and how often it was told that this is all. */
function sift(dir: string, rows: FoundRows): { readonly left: string[] | undefined; readonly done: number } {
  let done = 0;
  const sieve: Sieve = {
    passes: (name, stat) => rows.isLike(name, stat),
    done: () => void done++,
  };
  using root = new Root(Buffer.from(dir));
  const left = listNow(root, itself, sieve)?.map(({ path }) => Buffer.from(path).toString());
  return { left: left?.sort(), done };
}

test('FoundRows are like the files that find printed, and are not when anything of them changes', () => {
  const { dir, rows } = made('changed', 6);
  assert.deepEqual(sift(dir, rows()), { left: ['inside'], done: 1 });
  const before = rows();
  const file = (at: number) => join(dir, `file ${at}\nü`);
  const { atimeNs, mtimeNs } = fs.lstatSync(file(0), { bigint: true });
  const seconds = Number(mtimeNs / 1_000_000_000n);
  fs.chmodSync(file(1), 0o600);
  fs.utimesSync(file(2), Number(atimeNs / 1_000_000_000n), seconds - 1);
  fs.appendFileSync(file(3), 'x');
  fs.utimesSync(file(4), seconds, seconds + 0.25); // a fraction of a second is all that differs
  fs.rmSync(file(5));
  fs.symlinkSync('nowhere', file(5));
  const left = [1, 2, 3, 4, 5].map((at) => `file ${at}\nü`);
  assert.deepEqual(sift(dir, before), { left: [...left, 'inside'], done: 1 });
});

test('FoundRows makes entries of what is asked for, until it is forgotten', () => {
  const { rows } = made('entries', 2);
  const all = rows();
  const name = Buffer.from('file 1\nü').toString('latin1');
  const entry = all.get(name)!;
  assert.deepEqual([entry.kind, Buffer.from(entry.path).toString()], ['file', 'file 1\nü']);
  assert.equal(all.get('inside')!.kind, 'directory');
  all.delete(name);
  assert.equal(all.get(name), undefined);
  assert.equal([...all.values()].length, 2);
});

test('listNow() goes on over several buffers of names with a sieve, and without one is not made for them', () => {
  const { dir, rows } = made('many', 3000);
  assert.deepEqual(sift(dir, rows()), { left: ['inside'], done: 1 });
  using root = new Root(Buffer.from(dir));
  assert.equal(listNow(root, itself), undefined);
});
