import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { judge } from '../judge.ts';
import { needs } from '../peer.ts';
import { MiB } from '../trees.ts';
import { place } from './ground.ts';
import { assertStatus, failures, start, strays } from './program.ts';

// A file that changes while it is read: what arrives is one state of it, or none and it is named.

const smallBytes = 4000;
const sizes = { 'of 9 MiB': 9 * MiB, 'of 70 MiB': 70 * MiB } as const;

/** As many bytes as these, all of version `version`, each saying where it is. */
function contentOf(version: number, bytes: number): Buffer {
  const content = Buffer.alloc(bytes, version);
  for (let at = 0; at + 8 <= bytes; at += 4096) content.writeDoubleLE(at, at);
  return content;
}

const changes: Readonly<Record<string, (path: string, bytes: number) => void>> = {
  grows: (path) => fs.appendFileSync(path, 'more'),
  shrinks: (path, bytes) => fs.truncateSync(path, bytes - 5000),
  'is written over': (path, bytes) => fs.writeFileSync(path, contentOf(2, bytes), { flag: 'r+' }),
  'is written over in part, and its time put back': (path) => {
    const { atime, mtime } = fs.statSync(path);
    const fd = fs.openSync(path, 'r+');
    fs.writeSync(fd, 'over the beginning', 0);
    fs.closeSync(fd);
    fs.utimesSync(path, atime, mtime);
  },
  'is replaced': (path, bytes) => {
    fs.writeFileSync(`${path}.new`, contentOf(3, bytes));
    fs.renameSync(`${path}.new`, path);
  },
  vanishes: (path) => fs.rmSync(path),
  'becomes a symlink': (path) => {
    fs.symlinkSync('/dev/null', `${path}.new`);
    fs.renameSync(`${path}.new`, path);
  },
  'becomes a FIFO': (path) => {
    execFileSync('mkfifo', [`${path}.new`]);
    fs.renameSync(`${path}.new`, path);
  },
};

/** Why such a file may not be there in the end. */
const excuses: Readonly<Record<string, RegExp>> = {
  vanishes: /^missing: cannot read it: no such file/,
  'becomes a symlink': /^changed: it changed/,
  'becomes a FIFO': /^changed: it changed/,
};

// What takes the time is the limit of the rate.
describe('a file', { concurrency: 9, skip: needs('rsync', 'root') }, () => {
  for (const [size, bytes] of Object.entries(sizes)) {
    for (const [what, change] of Object.entries(changes)) {
      test(`${size} that ${what} while it is read`, async () => {
        using here = ground(bytes);
        const ended = await here.run(change, '--retries', '1');
        assert.deepEqual(strays(here.dest), []);
        const why = failures(ended).get('file');
        assertStatus(why === undefined ? 0 : 3, ended);
        if (why === undefined) return await assertOneState(here, contentOf(1, bytes));
        assert.match(why, excuses[what] ?? /no excuse/);
        assert.deepEqual(fs.readdirSync(here.dest), ['last']);
      });
    }
    test(`${size} that changes more often than it may be tried is named, and its old copy kept`, async () => {
      using here = ground(bytes);
      fs.mkdirSync(here.dest);
      fs.writeFileSync(join(here.dest, 'file'), 'the old one');
      using _ = grower(join(here.source, 'file'));
      const ended = await here.start('--bwlimit', `${Math.ceil(bytes / 1024)}K`, '--retries', '1').ended;
      assertStatus(3, ended);
      assert.match(failures(ended).get('file')!, /^changed: it changed while it was read/);
      assert.equal(fs.readFileSync(join(here.dest, 'file'), 'utf8'), 'the old one');
      assert.equal(fs.readFileSync(join(here.dest, 'last'), 'utf8'), 'last');
      assert.deepEqual(strays(here.dest), []);
    });
  }

  test('of a few KB that changes at any time is one state of it, or named', async () => {
    using here = ground(4096);
    const write = (i: number, version: number, flag: string) =>
      fs.writeFileSync(join(here.source, `f${i}`), Buffer.alloc(smallBytes, version), { flag });
    for (let i = 0; i < 400; i++) write(i, 1, 'w');
    const running = here.start('--bwlimit', '800K', '--retries', '0');
    let isOver = false;
    void running.ended.then(() => (isOver = true));
    for (let version = 2; !isOver; version++) {
      for (let i = 0; i < 400; i += 4) write(i + (version % 4), version % 200, 'r+');
      await new Promise(setImmediate);
    }
    const ended = await running.ended;
    const named = failures(ended);
    assertStatus(named.size > 0 ? 3 : 0, ended);
    for (let i = 0; i < 400; i++) {
      const at = join(here.dest, `f${i}`);
      assert.equal(fs.existsSync(at), !named.has(`f${i}`));
      if (named.has(`f${i}`)) continue;
      const content = fs.readFileSync(at);
      assert.ok(content.equals(Buffer.alloc(smallBytes, content[0])), `f${i} is torn`);
    }
  });
});

/** Makes a file longer all the time. */
function grower(path: string): Disposable {
  const child = spawn('sh', [
    '-c',
    'while [ -d "/proc/$1" ]; do printf more >>"$0"; done',
    path,
    `${process.pid}`,
  ]);
  return { [Symbol.dispose]: () => void child.kill() };
}

/** All of what it is now; or, where this machine was too slow to change it in time, all of what it was. */
async function assertOneState({ source, dest }: { source: string; dest: string }, before: Buffer) {
  const differs = await judge(source, dest, '--omit-dir-times');
  if (differs !== '') assert.ok(fs.readFileSync(join(dest, 'file')).equals(before), differs);
}

type Change = (path: string, bytes: number) => void;

/** A source with a file that takes seconds, and one after it. */
function ground(bytes: number) {
  const here = place();
  const [source, dest, state] = [join(here.path, 'from'), join(here.path, 'to'), join(here.path, 'state')];
  const file = join(source, 'file');
  fs.mkdirSync(source);
  fs.writeFileSync(file, contentOf(1, bytes));
  fs.writeFileSync(join(source, 'last'), 'last');
  const begin = (...flags: string[]) => start(state, ['transfer', ...flags, source, dest]);
  const run = async (change: Change, ...flags: string[]) => {
    const running = begin('--bwlimit', `${Math.ceil(bytes / 2048)}K`, ...flags);
    await running.next('progress', ({ bytes: moved }) => Number(moved) > MiB);
    change(file, bytes);
    return running.ended;
  };
  return { source, dest, start: begin, run, [Symbol.dispose]: () => here[Symbol.dispose]() };
}
