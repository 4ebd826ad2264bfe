import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createControl } from '../../src/control.ts';
import { TransferError } from '../../src/errors.ts';
import type { Store } from '../../src/store/store.ts';
import type { Way } from '../contract/engine.ts';
import { judge } from '../judge.ts';
import { needs } from '../peer.ts';
import { MiB, solid, trees } from '../trees.ts';
import { ends, transferOver } from './over.ts';
import { shell } from './run.ts';

const skip = needs('rsync');

const broken = () => new TransferError('transient', 'the line broke');

/** Breaks calls of every kind at one side: every nth, before or after it was done. */
function flaky(side: string, every: number, isDone: boolean) {
  let calls = 0;
  const shake = <A extends unknown[], T>(act: (...args: A) => Promise<T>) => {
    return async (...args: A): Promise<T> => {
      const breaks = ++calls % every === 0;
      if (breaks && !isDone) throw broken();
      const answer = await act(...args);
      if (breaks) throw broken();
      return answer;
    };
  };
  return (store: Store, path: string): Store => {
    if (!path.endsWith(side)) return store;
    return {
      ...store,
      stat: shake(store.stat),
      write: shake(store.write),
      remove: shake(store.remove),
      makeDirectory: shake(store.makeDirectory!),
      makeSymlink: shake(store.makeSymlink!),
      makeLink: shake(store.makeLink!),
      dress: shake(store.dress!),
      listNow: () => undefined,
      async *list(dir, signal) {
        let given = 0;
        const breaks = ++calls % every === 0;
        for await (const entry of store.list(dir, signal)) {
          if (breaks && given++ === 2) throw broken();
          yield entry;
        }
      },
      parts: {
        begin: shake(store.parts!.begin),
        put: shake(store.parts!.put),
        finish: shake(store.parts!.finish),
        drop: shake(store.parts!.drop),
      },
    };
  };
}

async function tree(source: string): Promise<void> {
  await trees['hard links'].make(source);
  await shell(
    source,
    'for d in 1 2 3 4; do mkdir -p d$d/e; for i in 1 2 3 4 5; do echo $i >d$d/f$i; ln -s f$i d$d/e/l$i; done; done',
  );
}

describe('stores() over a line that breaks', { skip, concurrency: 2 }, () => {
  for (const side of ['from', 'to']) {
    for (const isDone of [false, true]) {
      const when = isDone ? 'answer' : 'request';
      test(`brings all across where every 17th ${when} is lost at ${side}`, async () => {
        const way = ends();
        await tree(way.source);
        const wrap = flaky(`/${side}`, 17, isDone);
        const { status, stderr } = await transferOver(way, { wrap });
        assert.equal(status, 0, stderr);
        assert.equal(await judged(way), '');
      });
    }
  }
});

/** Gone for good after so many writes and ranges. */
function cut(after: number) {
  let left = after;
  const gone = <A extends unknown[], T>(act: (...args: A) => Promise<T>) => {
    return async (...args: A): Promise<T> => {
      if (--left < 0) throw broken();
      return act(...args);
    };
  };
  return (store: Store, path: string): Store =>
    path.endsWith('/to')
      ? { ...store, write: gone(store.write), parts: { ...store.parts!, put: gone(store.parts!.put) } }
      : store;
}

test('stores() stops where a place is gone, and resume does the rest', { skip }, async () => {
  const way = ends();
  await tree(way.source);
  solid(join(way.source, 'ranged'), 200 * MiB);
  const first = await transferOver(way, { wrap: cut(12), request: { retries: 0 } });
  assert.equal(first.status, 1);
  assert.equal(first.summary!.outcome, 'stopped');
  assert.ok(first.failed.some(({ kind }) => kind === 'transient'));
  const resume = first.summary!.run;
  const again = await transferOver(way, { request: { resume } });
  assert.equal(again.status, 0, again.stderr);
  assert.equal(await judged(way), '');
});

test('what failed before a run was stopped is named again when it goes on', { skip }, async () => {
  const way = ends();
  fs.writeFileSync(join(way.source, 'in the way'), 'a file');
  fs.mkdirSync(join(way.dest, 'in the way/full'), { recursive: true });
  solid(join(way.source, 'ranged'), 70 * MiB);
  const control = createControl();
  const wrap = stopAt(MiB, () => control.stop('SIGINT'));
  const first = await transferOver(way, { wrap, control, request: { streams: 1 } });
  assert.equal(first.status, 130);
  const again = await transferOver(way, { request: { resume: first.summary!.run } });
  assert.equal(again.status, 3);
  const failed = again.failed.map(({ path, kind }) => [path, kind]);
  assert.deepEqual(failed, [['in the way', 'conflict']]);
  assert.equal(again.summary!.tally.failed, 1);
});

/** The store of the source, told of each piece that is read. */
function heard(tell: (bytes: number) => void) {
  return (store: Store, path: string): Store => {
    if (!path.endsWith('/from')) return store;
    return {
      ...store,
      read(file) {
        const body = store.read(file);
        return {
          ...body,
          async *open(range, signal) {
            for await (const chunk of body.open(range, signal)) {
              tell(chunk.length);
              yield chunk;
            }
          },
        };
      },
    };
  };
}

function stopAt(bytes: number, stop: () => void) {
  let read = 0;
  return heard((more) => {
    read += more;
    if (read >= bytes) stop();
  });
}

test('stores() that is stopped leaves no part of a file, and goes on without the ranges that are there', {
  skip,
}, async () => {
  const way = ends();
  await tree(way.source);
  solid(join(way.source, 'ranged'), 300 * MiB);
  const control = createControl();
  const wrap = stopAt(250 * MiB, () => control.stop('SIGINT'));
  const first = await transferOver(way, { wrap, control, request: { streams: 1 } });
  assert.equal(first.status, 130);
  assert.equal(fs.existsSync(join(way.dest, 'ranged')), false);
  let moved = 0;
  const count = heard((bytes) => {
    moved += bytes;
  });
  const again = await transferOver(way, { wrap: count, request: { resume: first.summary!.run } });
  assert.equal(again.status, 0, again.stderr);
  assert.ok(moved <= 170 * MiB, `${moved / MiB} MiB`);
  assert.equal(await judged(way), '');
});

test('stores() takes away what a killed run left, where the next one passes', { skip }, async () => {
  const way = ends();
  await shell(way.source, 'mkdir -p a/b; echo 1 >a/b/f; echo 2 >g');
  const control = createControl();
  await transferOver(way, { control, wrap: stopAt(1, () => control.stop('SIGTERM')) });
  const left = `.difpipe-${keyIn(way.state).slice(0, 12)}-0123456789ab-1-1.part`;
  fs.mkdirSync(join(way.dest, 'a/b'), { recursive: true });
  for (const dir of ['', 'a', 'a/b']) fs.writeFileSync(join(way.dest, dir, left), 'half');
  const ran = await transferOver(way);
  assert.equal(ran.status, 0, ran.stderr);
  assert.equal(await judge(way.source, way.dest), '');
});

test('stores() names a file that changes each time it is read, and brings the others', { skip }, async () => {
  const way = ends();
  await shell(way.source, 'echo 1 >quiet; echo 2 >busy; truncate -s 70M large');
  let touched = 0;
  const wrap = (store: Store, path: string): Store => ({
    ...store,
    read(file) {
      const name = Buffer.from(file.path).toString();
      if (path.endsWith('/from') && name !== 'quiet')
        fs.appendFileSync(join(way.source, name), `${touched++}`);
      return store.read(file);
    },
  });
  const ran = await transferOver(way, { wrap, request: { retries: 2 } });
  assert.equal(ran.status, 3);
  const failed = ran.failed.map(({ path, kind }) => `${kind} ${path}`).sort();
  assert.deepEqual(failed, ['changed busy', 'changed large']);
  assert.deepEqual(fs.readdirSync(way.dest), ['quiet']);
});

test('stores() ends a run whose destination is full, and says so', { skip }, async () => {
  const way = ends();
  await shell(way.source, 'for i in 1 2 3 4 5 6 7 8 9; do echo $i >f$i; done');
  let writes = 0;
  const wrap = (store: Store): Store => ({
    ...store,
    async write(...args) {
      if (++writes > 3) throw new TransferError('full', 'no space');
      return store.write(...args);
    },
  });
  const ran = await transferOver(way, { wrap });
  assert.deepEqual([ran.status, ran.summary!.outcome], [1, 'failed']);
  assert.equal((await transferOver(way)).status, 0);
  assert.equal(await judge(way.source, way.dest), '');
});

test('stores() begins again from the last good barrier when one fails', { skip }, async () => {
  const way = ends();
  await tree(way.source);
  let syncs = 0;
  const wrap = (store: Store): Store => ({
    ...store,
    async sync(signal) {
      if (++syncs === 1) throw new TransferError('io', 'the disk failed');
      await store.sync!(signal);
    },
  });
  const ran = await transferOver(way, { wrap });
  assert.equal(ran.status, 0, ran.stderr);
  assert.ok(syncs > 1);
  assert.equal(await judged(way), '');
});

test('stores() keeps to --bwlimit, all lanes together', async () => {
  const way = ends();
  for (let n = 0; n < 20; n++) fs.writeFileSync(join(way.source, `f${n}`), Buffer.alloc(100_000));
  const startMs = performance.now();
  await transferOver(way, { request: { bytesPerSecond: 2_000_000 } });
  const tookMs = performance.now() - startMs;
  assert.ok(tookMs > 750, `${tookMs}`);
});

test('stores() copies a very large directory with all lanes, and holds a piece of it at a time', {
  skip,
}, async () => {
  const way = ends();
  for (let n = 0; n < 25_000; n++) fs.writeFileSync(join(way.source, `file ${n}`), '');
  const ran = await transferOver(way, { request: { verbose: false } });
  assert.equal(ran.status, 0, ran.stderr);
  assert.equal(ran.summary!.tally.copied, 25_000);
  const again = await transferOver(way, { request: { verbose: false } });
  assert.equal(again.summary!.tally.skipped, 25_000);
  assert.equal(await judge(way.source, way.dest), '');
});

/** What the judge says, but for links between symlinks. */
async function judged({ source, dest }: Way): Promise<string> {
  return (await judge(source, dest)).replace(/^hL.*\n/gm, '');
}

function keyIn(state: string): string {
  const paths = fs.readdirSync(state, { recursive: true }).map(String);
  return paths.map((path) => /[0-9a-f]{24}/.exec(path)?.[0]).find(Boolean)!;
}

test('stores() writes anew what --checksum cannot read at the destination', { skip }, async () => {
  const way = ends();
  await shell(way.source, 'echo one >a; echo two >b; touch -d @5 a b');
  await transferOver(way);
  await shell(way.dest, 'echo not >a; touch -d @5 a');
  const read: Store['read'] = ({ size }) => ({
    size,
    open: async function* (range) {
      yield Buffer.alloc(range.length - 1);
      throw new TransferError('changed', 'it changed');
    },
  });
  const wrap = (store: Store, path: string) => (path.endsWith('to') ? { ...store, read } : store);
  const ran = await transferOver(way, { request: { checksum: true }, wrap });
  assert.equal(ran.status, 0, ran.stderr);
  assert.equal(await judge(way.source, way.dest), '');
});
