import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { far } from '../far/ground.ts';
import { needs } from '../peer.ts';
import { MiB } from '../trees.ts';
import { type Place, place } from './ground.ts';
import { assertStatus, failures, run, runTo, strays } from './program.ts';

// A source that says more of its files than can be read of them, as a server's cached sizes do, or less.

const cut = { small: 4000, middle: 3 * MiB, large: 70 * MiB };

const liar = `
import errno, json, stat, sys, fusepy
sizes = json.loads(sys.argv[2])
class Liar(fusepy.Operations):
    def init(self, path):
        print('ready', flush=True)
    def getattr(self, path, fh=None):
        if path == '/': return dict(st_mode=stat.S_IFDIR | 0o755, st_nlink=2)
        if path[1:] not in sizes: raise fusepy.FuseOSError(errno.ENOENT)
        size = sizes[path[1:]]
        return dict(st_mode=stat.S_IFREG | 0o644, st_nlink=1, st_size=size, st_blocks=size // 512 + 1, st_mtime=1e9)
    def readdir(self, path, fh):
        return ['.', '..', *sizes]
    def read(self, path, size, offset, fh):
        there = sizes[path[1:]] + (2000 if path == '/unsaid' else 1000 if path.startswith('/more') else -1000)
        return b'x' * max(0, min(size, there - offset))
fusepy.FUSE(Liar(), sys.argv[1], foreground=True, nothreads=True, direct_io=True)
`;

test('a file that is shorter than its size says is named, and not cut short in silence', {
  skip: needs('root', 'fuse'),
}, async () => {
  using here = place();
  using source = await mountLiar(join(here.path, 'from'));
  const dest = join(here.path, 'to');
  const ended = await run(join(here.path, 'state'), ['transfer', '--retries', '1', source.path, dest]);
  assertStatus(3, ended);
  const why = 'changed: it changed while it was read, each time it was tried';
  assert.deepEqual([...failures(ended)].sort(), [
    ['large', why],
    ['middle', why],
    ['small', why],
  ]);
  assert.deepEqual([fs.readdirSync(dest), strays(dest)], [[], []]);
});

for (const strategy of ['parallel', 'rsync'])
  test(`a file that says it is empty, and is not, is named, and not copied empty: ${strategy}`, {
    skip: needs('root', 'fuse', 'rsync'),
  }, async () => {
    using here = place();
    using source = await mountLiar(join(here.path, 'from'), { unsaid: 0 });
    const dest = join(here.path, 'to');
    const words = ['transfer', '--strategy', strategy, source.path, dest];
    const failed = failures(await runTo(3, join(here.path, 'state'), words));
    assert.deepEqual([...failed.keys()], ['unsaid']);
    assert.match(failed.get('unsaid')!, /it does not say how much it holds/);
    assert.deepEqual(fs.readdirSync(dest), []);
  });

const more = { more: 4000, 'more middle': 3 * MiB, 'more large': 70 * MiB };

for (const where of ['on this machine', 'to a host'])
  test(`files that give more than their sizes say are named, and not cut in silence: ${where}`, {
    skip: needs('root', 'fuse', 'sshd'),
  }, async () => {
    await using there = await far();
    using source = await mountLiar(join(there.path, 'liar'), more);
    const dest = where === 'to a host' ? there.url(there.dest) : there.dest;
    const ended = await there.runTo(3, ['transfer', '--retries', '0', source.path, dest]);
    assert.deepEqual([...failures(ended).keys()].sort(), Object.keys(more).sort());
    for (const why of failures(ended).values()) assert.match(why, /^changed: /);
    assert.deepEqual([fs.readdirSync(there.dest), strays(there.dest)], [[], []]);
  });

async function mountLiar(at: string, sizes: Readonly<Record<string, number>> = cut): Promise<Place> {
  fs.mkdirSync(at);
  const child = spawn('/usr/bin/python3', ['-c', liar, at, JSON.stringify(sizes)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return { path: at, [Symbol.dispose]: () => void execFileSync('umount', [at]) };
}
