import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { noMetadata } from '../../src/store/entry.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { needs } from '../peer.ts';
import { mounted } from '../survive/ground.ts';
import { at, bodyOf, how, isKind, namesIn, put, signal } from './bodies.ts';
import { saysFull, saysReadOnly } from './little-room.ts';

const here = fs.mkdtempSync(join(tmpdir(), 'store-'));
after(() => fs.rmSync(here, { recursive: true }));
const child = join(import.meta.dirname, 'child.ts');
let made = 0;

function directory(): string {
  const path = join(here, String(made++));
  fs.mkdirSync(path);
  return path;
}

type Traced = { readonly end: string; readonly calls: readonly string[] };

const traceable = 'fsync,linkat,renameat,renameat2,unlinkat,pwrite64,statx';

/** Runs the child under strace, and gives what it printed and what it wrote, named and synced, repeats left out. */
function traced(path: string, what: 'anew' | 'over' | 'list', ...inject: string[]): Traced {
  const log = join(here, 'trace');
  const flags = ['-f', '-y', '-e', `trace=${traceable}`, '-P', path, '-P', `${path}/.partial`, '-o', log];
  const command = [...flags, ...inject.flatMap((one) => ['-e', `inject=${one}`]), process.execPath, child];
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1' }; // strace counts calls by thread
  const end = execFileSync('strace', [...command, path, what], {
    encoding: 'utf8',
    env,
    timeout: 60_000,
  });
  const lines = fs.readFileSync(log, 'utf8').split('\n');
  const calls = lines.flatMap((line) => callOf(line, path));
  return { end: end.trim(), calls: calls.filter((call, i) => call !== calls[i - 1]) };
}

/** `fsync .partial`, `linkat .partial file`, and `fsync` alone of the directory. */
function callOf(line: string, path: string): string[] {
  const [, call, given] = /^\d+ +(\w+)\((.*)/.exec(line) ?? [];
  if (call === undefined || call === 'statx') return [];
  const open = /<([^>]*)>/.exec(given!)![1]!.slice(path.length + 1);
  const names = /at2?$/.test(call) ? [...given!.matchAll(/"([^"]*)"/g)] : [];
  return [[call, open, ...names.map(([, name]) => name)].filter(Boolean).join(' ')];
}

describe('write(), a system call at a time', { skip: needs('strace') }, () => {
  const bytes = ['pwrite64 .partial', 'fsync .partial'];

  test('brings the bytes to the disk, then the name, then the directory', () => {
    const path = directory();
    const fresh = traced(path, 'anew');
    assert.equal(fresh.end, 'done');
    assert.deepEqual(fresh.calls, [...bytes, 'renameat2 .partial file', 'fsync']);
    const again = traced(path, 'over');
    assert.deepEqual(again.calls, [...bytes, 'renameat .partial file', 'fsync']);
  });

  for (const [call, error, kind] of [
    ['pwrite64', 'ENOSPC', 'full'],
    ['pwrite64', 'EDQUOT', 'full'],
    ['fsync', 'EIO', 'io'],
    ['renameat', 'EIO', 'io'],
  ] as const) {
    test(`leaves what was there when ${call} fails with ${error}`, () => {
      const path = directory();
      fs.writeFileSync(join(path, 'file'), 'old');
      assert.equal(traced(path, 'over', `${call}:error=${error}:when=1`).end, kind);
      assert.deepEqual(fs.readdirSync(path), ['file']);
      assert.equal(fs.readFileSync(join(path, 'file'), 'utf8'), 'old');
    });
  }

  test('is not done when the directory cannot be brought to the disk', () => {
    assert.equal(traced(directory(), 'anew', 'fsync:error=EIO:when=2').end, 'io');
  });

  for (const [where, ...without] of [
    ['where a new name can be asked for'],
    ['where it cannot', 'renameat2:error=EINVAL'],
    ['where there are no hard links either', 'renameat2:error=EINVAL', 'linkat:error=EPERM'],
  ] as const) {
    test(`does not take a rival's name ${where}`, () => {
      const path = directory();
      assert.equal(traced(path, 'anew', ...without).end, 'done');
      fs.writeFileSync(join(path, 'file'), 'rival');
      assert.equal(traced(path, 'anew', ...without).end, 'conflict');
      assert.deepEqual(fs.readdirSync(path), ['file']);
      assert.equal(fs.readFileSync(join(path, 'file'), 'utf8'), 'rival');
    });
  }
});

test('list() passes over what went while it was listed', { skip: needs('strace') }, () => {
  const path = directory();
  for (const name of ['a', 'b', 'c']) fs.writeFileSync(join(path, name), '');
  assert.equal(traced(path, 'list').end, 'a b c');
  assert.match(traced(path, 'list', 'statx:error=ENOENT:when=2').end, /^[abc] [abc]$/);
});

async function on(path: string, work: (store: Store) => Promise<void>): Promise<void> {
  await using store = await openStore({ kind: 'local', path: Buffer.from(path) });
  await work(store);
}

/** Does it as a user who owns nothing, and is in group 4321. */
async function asOther(work: () => Promise<void>): Promise<void> {
  const groups = process.getgroups!();
  process.setgroups!([4321]);
  process.setegid!(65_534);
  process.seteuid!(65_534);
  try {
    await work();
  } finally {
    process.seteuid!(0);
    process.setegid!(0);
    process.setgroups!(groups);
  }
}

describe('a store with little room or few rights', { skip: needs('root') }, () => {
  test('write() to a full disk says so, keeps what was there, and works when there is room', async () => {
    const path = directory();
    using _disk = mounted(path, '-t', 'tmpfs', '-o', 'size=1m', 'difpipe');
    await on(path, async (store) => {
      await saysFull(store, 700_000);
      await saysReadOnly(store, path);
    });
  });

  test('what an ordinary user may not keep is said, the group is kept, and nothing runs as him', async () => {
    fs.chmodSync(here, 0o755);
    const path = directory();
    fs.chownSync(path, 65_534, 65_534);
    await on(path, (store) =>
      asOther(async () => {
        const metadata = { mode: 0o4755, owner: { uid: 0, gid: 4321 }, mtimeNs: 1n };
        const { entry, unkept } = await store.write(at('file'), bodyOf('x'), how({ metadata }), signal);
        assert.deepEqual([entry.mode, entry.mtimeNs], [0o755, 1n]);
        assert.deepEqual(entry.owner, { uid: 65_534, gid: 4321 });
        assert.deepEqual(unkept, ['owner', 'mode']);
      }),
    );
  });

  test('what an ordinary user may not see is named, and the rest is there', async () => {
    const path = directory();
    for (const dir of ['closed', 'names only']) fs.mkdirSync(join(path, dir));
    fs.writeFileSync(join(path, 'names only/x'), '');
    fs.chmodSync(join(path, 'closed'), 0o700);
    fs.chmodSync(join(path, 'names only'), 0o744);
    await on(path, (store) =>
      asOther(async () => {
        assert.deepEqual(await namesIn(store), ['closed', 'names only']);
        await assert.rejects(namesIn(store, 'closed'), isKind('denied'));
        const [x] = await Array.fromAsync(store.list(at('names only'), signal));
        assert.ok(x?.kind === 'unlisted' && x.error.kind === 'denied');
        assert.equal(Buffer.from(x.path).toString(), 'names only/x');
        await assert.rejects(store.stat(at('closed/file'), signal), isKind('denied'));
        await assert.rejects(put(store, 'new', 'x'), isKind('denied'));
        await assert.rejects(store.remove(at('closed'), signal), isKind('denied'));
        await assert.rejects(store.makeDirectory!(at('new'), noMetadata, signal), isKind('denied'));
      }),
    );
  });
});
