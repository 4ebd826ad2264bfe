import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openJournal } from '../../src/journal/open.ts';
import { needs } from '../peer.ts';
import { route, scratch, seeded } from './fixture.ts';
import { restOf, startChild } from './process.ts';
import { assertPromised } from './promised.ts';

/** How many moments to try; more by hand. */
const moments = Number(process.env.DIFPIPE_MOMENTS ?? 8);

test('kill -9 while it commits: everything that was promised is there', async () => {
  for (let seed = 1; seed <= moments; seed++) {
    using dir = scratch();
    const random = seeded(seed);
    const child = startChild(['commits', dir.path, `${1 + random(20_000)}`]);
    for (let left = 1 + random(150); left > 0; left--) await child.next();
    await child.kill();
    const promised = Number((await restOf(child)).at(-1) ?? 0);
    using journal = openJournal(dir.path, route);
    assert.equal(journal.rescued, undefined, `seed ${seed}`);
    assertPromised(journal, promised);
  }
});

test('kill -9 while runs begin and end: nothing is taken for damage, no ended run is lost', async () => {
  using dir = scratch();
  const ended: string[] = [];
  for (let seed = 1; seed <= moments; seed++) {
    const child = startChild(['cycles', dir.path]);
    for (let left = 1 + seeded(seed)(12); left > 0; left--) ended.push((await child.next())!);
    await child.kill();
    ended.push(...(await restOf(child)));
    using journal = openJournal(dir.path, route);
    assert.equal(journal.rescued, undefined, `seed ${seed}`);
    const kept = journal.runs().filter(({ state }) => state === 'done');
    assert.deepEqual(new Set(ended.slice(-50)).difference(new Set(kept.map(({ id }) => id))), new Set());
  }
});

for (const how of ['leave', 'exit']) {
  test(`a process that ends without closing its Journal (${how}) leaves it in order`, async () => {
    using dir = scratch();
    await restOf(startChild([how, dir.path]));
    using journal = openJournal(dir.path, route);
    assert.deepEqual(
      [journal.rescued, journal.runs().length, [...journal.pendingParts()].length],
      [undefined, 1, 1],
    );
  });
}

test('kill -9 at a system call: nothing is taken for damage', { skip: needs('strace') }, async () => {
  for (let seed = 1; seed <= moments; seed++) {
    using dir = scratch();
    await diedAt(dir.path, 1 + seeded(seed)(140));
    using journal = openJournal(dir.path, route);
    assert.equal(journal.rescued, undefined, `seed ${seed}`);
  }
});

/** Runs a child until its Nth system call that concerns the route's files. */
async function diedAt(stateDir: string, when: number): Promise<void> {
  const files = ['', '-wal', '-shm', '.new'].map((end) => `${stateDir}/routes/${route.key}.db${end}`);
  const locks = ['.lock', '.lockdb', '.lock.new'].map((end) => `${stateDir}/routes/${route.key}${end}`);
  const paths = [...files, ...locks, `${stateDir}/routes`].flatMap((path) => ['-P', path]);
  const calls = 'openat,write,pwrite64,fsync,fdatasync,unlink,rename,ftruncate,mkdir,close,fcntl,mmap';
  const inject = `inject=${calls}:signal=KILL:when=${when}`;
  const strace = ['strace', '-f', '-qq', '-o', '/dev/null', ...paths, '-e', `trace=${calls}`, '-e', inject];
  await restOf(startChild(['once', stateDir], strace));
}
