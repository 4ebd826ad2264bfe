import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { unpack } from '../../src/work/unpack-addon.ts';
import { needs } from '../peer.ts';
import { mounted } from '../survive/ground.ts';

const rival = 54321;
const built = 'what we built';
const asset = { name: 'a.node', bytes: Buffer.from(built), digest: 'd1' };

const root = fs.mkdtempSync(join(tmpdir(), 'unpack-'));
after(() => fs.rmSync(root, { recursive: true }));
process.setMaxListeners(0);

/** A cache that was used once. */
function used() {
  const home = fs.mkdtempSync(join(root, 'home-'));
  const cache = join(home, 'cache');
  const temp = fs.mkdtempSync(join(home, 'temp-'));
  const run = () => unpack(asset, { cache, temps: [join(home, 'absent'), temp] });
  return { home, cache, temp, run, kept: run() };
}

function assertOurs(path: string): void {
  const stat = fs.lstatSync(path);
  assert.ok(stat.isFile());
  assert.equal(stat.uid, process.geteuid!());
  assert.equal(stat.mode & 0o777, 0o600);
  assert.equal(fs.readFileSync(path, 'utf8'), built);
}

test('unpack() writes once, in directories that only we can enter', () => {
  const { cache, run, kept } = used();
  assert.equal(kept, join(cache, 'difpipe/d1/a.node'));
  assertOurs(kept);
  for (const made of ['', 'difpipe', 'difpipe/d1']) {
    assert.equal(fs.statSync(join(cache, made)).mode & 0o777, 0o700);
  }
  const { ino } = fs.statSync(kept);
  assert.equal(run(), kept);
  assert.equal(fs.statSync(kept).ino, ino);
  assert.deepEqual(fs.readdirSync(join(cache, 'difpipe/d1')), ['a.node']);
});

test('unpack() uses a cache whose upper directory lets others look', () => {
  const { cache, run, kept } = used();
  fs.chmodSync(join(cache, 'difpipe'), 0o755);
  assert.equal(run(), kept);
});

describe('unpack() replaces, in the cache,', () => {
  const plants: Record<string, (path: string, home: string) => void> = {
    'a shorter file': (path) => fs.writeFileSync(path, ''),
    'other bytes of the same length': (path) => fs.writeFileSync(path, 'what we BUILT'),
    'a longer file': (path) => fs.appendFileSync(path, 'and more'),
    'a file that others can write': (path) => fs.chmodSync(path, 0o666),
    'a symlink to the right bytes': (path, home) => {
      fs.renameSync(path, join(home, 'elsewhere'));
      fs.symlinkSync(join(home, 'elsewhere'), path);
    },
    'a FIFO, without waiting on it': (path) => {
      fs.rmSync(path);
      execFileSync('mkfifo', [path]);
    },
  };
  for (const [name, plant] of Object.entries(plants)) {
    test(name, () => {
      const { run, kept, home } = used();
      plant(kept, home);
      assert.equal(run(), kept);
      assertOurs(kept);
    });
  }

  test("a rival's file with the right bytes", { skip: needs('root') }, () => {
    const { run, kept } = used();
    fs.chownSync(kept, rival, rival);
    assert.equal(run(), kept);
    assertOurs(kept);
  });
});

describe('unpack() leaves the cache alone and uses a private temporary directory when', () => {
  const faults: Record<string, (cache: string, home: string) => void> = {
    'others can enter the directory': (cache) => fs.chmodSync(join(cache, 'difpipe/d1'), 0o711),
    'others can write the directory above': (cache) => fs.chmodSync(join(cache, 'difpipe'), 0o777),
    'the directory is a symlink': (cache, home) => {
      fs.renameSync(join(cache, 'difpipe'), join(home, 'moved'));
      fs.symlinkSync(join(home, 'moved'), join(cache, 'difpipe'));
    },
    'others can write a directory above the cache': (_, home) => fs.chmodSync(home, 0o777),
    'a directory has the name of the file': (cache) => {
      fs.rmSync(join(cache, 'difpipe/d1/a.node'));
      fs.mkdirSync(join(cache, 'difpipe/d1/a.node/full'), { recursive: true });
    },
    'there is a file in its place': (cache) => {
      fs.rmSync(cache, { recursive: true });
      fs.writeFileSync(cache, '');
    },
  };
  for (const [name, fault] of Object.entries(faults)) test(name, () => assertUsesTemp(fault));

  for (const part of ['difpipe', 'difpipe/d1', '', '..']) {
    test(`a rival owns cache/${part}`, { skip: needs('root') }, () => {
      assertUsesTemp((cache) => fs.chownSync(join(cache, part), rival, rival));
    });
  }
});

function assertUsesTemp(fault: (cache: string, home: string) => void): void {
  const { cache, home, temp, run } = used();
  fault(cache, home);
  const path = run();
  assert.ok(path.startsWith(join(temp, 'difpipe-')), path);
  assertOurs(path);
  assert.equal(fs.statSync(join(path, '..')).mode & 0o777, 0o700);
  fs.chmodSync(home, 0o700);
}

test('unpack() returns where the cache cannot be made', () => {
  const temp = fs.mkdtempSync(join(root, 'temp-'));
  assert.ok(unpack(asset, { cache: '/proc/none/cache', temps: [temp] }).startsWith(temp));
});

test('unpack() goes on to the next place where one is full', { skip: needs('root') }, () => {
  const home = fs.mkdtempSync(join(root, 'home-'));
  const [full, temp] = ['full', 'temp'].map((name) => join(home, name)) as [string, string];
  fs.mkdirSync(temp);
  using _ = mounted(full, '-t', 'tmpfs', '-o', 'size=8k', 'none');
  const large = { ...asset, bytes: Buffer.alloc(100_000) };
  const path = unpack(large, { cache: join(full, 'cache'), temps: [full, temp] });
  assert.ok(path.startsWith(join(temp, 'difpipe-')), path);
  assert.equal(fs.statSync(path).size, 100_000);
});

test('unpack() without a cache and without a place for temporary files says what to set', () => {
  const temps = [join(root, 'absent')];
  assert.throws(() => unpack(asset, { cache: undefined, temps }), /set TMPDIR or XDG_CACHE_HOME/);
});

test('unpack() removes its temporary directory when the process exits', () => {
  const temp = fs.mkdtempSync(join(root, 'temp-'));
  const source = JSON.stringify(join(import.meta.dirname, '../../src/work/unpack-addon.ts'));
  const script = `import { unpack } from ${source};
    process.stdout.write(unpack({ name: 'a', bytes: new Uint8Array(9), digest: 'd' }, { cache: undefined, temps: [${JSON.stringify(temp)}] }));`;
  const path = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.ok(path.startsWith(temp));
  assert.deepEqual(fs.readdirSync(temp), []);
});
