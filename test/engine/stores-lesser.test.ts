import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Entry, Listed } from '../../src/store/entry.ts';
import type { Store } from '../../src/store/store.ts';
import type { Way } from '../contract/engine.ts';
import { judge, touches } from '../judge.ts';
import { needs } from '../peer.ts';
import { hollow, MiB, solid } from '../trees.ts';
import { ends, type Over, transferOver } from './over.ts';
import { said } from './pair.ts';
import { shell } from './run.ts';

const skip = needs('rsync');

/** Runs twice: the second time nothing moves. */
async function twice(way: Way, over: Over) {
  const first = await transferOver(way, over);
  const then = await touches(way.dest);
  const again = await transferOver(way, over);
  assert.deepEqual(again.entries, []);
  assert.deepEqual(await touches(way.dest), then);
  return first;
}

const onlyDest =
  (change: (store: Store) => Store) =>
  (store: Store, path: string): Store =>
    path.endsWith('to') ? change(store) : store;

describe('stores() to a place that lacks', { skip, concurrency: 2 }, () => {
  const make = `mkdir -p a/b; echo f >a/f; echo g >a/b/g; ln a/f a/hard; ln -s f a/link; touch -d @7.5 a/b a .`;

  test('ranges, writes large files in one go', async () => {
    const way = ends();
    solid(join(way.source, 'big'), 70 * MiB);
    hollow(join(way.source, 'hollow'), 130 * MiB);
    const wrap = onlyDest(({ parts: _, ...store }) => store);
    const { status, stderr } = await twice(way, { wrap });
    assert.equal(status, 0, stderr);
    assert.equal(await judge(way.source, way.dest), '');
  });

  test('a barrier, has each file made durable', async () => {
    const way = ends();
    await shell(way.source, make);
    const durable: boolean[] = [];
    const wrap = onlyDest(({ sync: _, write, ...store }) => ({
      ...store,
      write(path, body, how, signal) {
        durable.push(how.durable);
        return write(path, body, how, signal);
      },
    }));
    const { status, stderr } = await twice(way, { wrap });
    assert.equal(status, 0, stderr);
    assert.deepEqual(new Set(durable), new Set([true]));
    assert.equal(await judge(way.source, way.dest), '');
  });

  test('hard links, gets a file for each name, counted', async () => {
    const way = ends();
    await shell(way.source, make);
    const { summary, status } = await twice(way, { wrap: onlyDest(({ makeLink: _, ...store }) => store) });
    assert.equal(status, 0);
    assert.deepEqual(summary!.notices, { hardlink: 2 });
    assert.equal(await judge(way.source, way.dest, '--no-H'), '');
  });

  test('symlinks, has them named as failed', async () => {
    const way = ends();
    await shell(way.source, make);
    const ran = await transferOver(way, { wrap: onlyDest(({ makeSymlink: _, ...store }) => store) });
    assert.equal(ran.status, 3);
    assert.deepEqual(
      ran.failed.map(({ path, kind }) => `${kind} ${path}`),
      ['unsupported a/link'],
    );
  });

  test('fine times, is content with what it keeps', async () => {
    const way = ends();
    await shell(
      way.source,
      `${make}; touch -d @99.123456789 a/f; touch -d @-3.5 a/b/g; echo h >h; touch -d 2300-01-01 h`,
    );
    const { status, summary, stderr } = await twice(way, { wrap: onlyDest(coarse) });
    assert.equal(status, 0, stderr);
    assert.deepEqual(Object.keys(summary!.notices).sort(), ['clock', 'times']);
    assert.equal(summary!.notices.times, 2);
    const told = await judge(way.source, way.dest, '--modify-window=1');
    assert.equal(told, '.f..t...... h\n.f..t...... a/b/g\n');
  });

  test('fine times, puts right what it can of one, and a dry run says so', async () => {
    const way = ends();
    await shell(way.source, make);
    const wrap = onlyDest(coarse);
    await transferOver(way, { wrap });
    await shell(way.source, 'touch -hd @99.123456789 a a/link');
    const planned = await transferOver(way, { wrap, request: { dryRun: true } });
    const ran = await transferOver(way, { wrap });
    assert.deepEqual(said(ran), ['repair a', 'repair a/link']);
    assert.deepEqual(said(planned), said(ran));
    assert.equal((await transferOver(way, { wrap })).summary!.tally.repaired, 0);
  });

  test('owners, says so and tries only once', { skip: needs('root') }, async () => {
    const way = ends();
    await shell(way.source, `${make}; chown -R 12:34 .`);
    let given = 0;
    const count = (store: Store): Store => ({
      ...store,
      async dress(path, metadata, signal) {
        if (metadata.owner) given++;
        const unkept = await store.dress!(path, { ...metadata, owner: undefined }, signal);
        return metadata.owner ? [...unkept, 'owner'] : unkept;
      },
      async write(path, body, how, signal) {
        const metadata = { ...how.metadata, owner: undefined };
        const made = await store.write(path, body, { ...how, metadata }, signal);
        return { ...made, unkept: [...made.unkept, 'owner'] };
      },
      async makeSymlink(path, target, metadata, signal) {
        await store.makeSymlink!(path, target, { ...metadata, owner: undefined }, signal);
        return ['owner'];
      },
    });
    const { summary } = await transferOver(way, { wrap: onlyDest(count) });
    assert.deepEqual(summary!.notices, { owner: 6 });
    given = 0;
    const again = await transferOver(way, { wrap: onlyDest(count) });
    assert.deepEqual([again.entries, again.status], [[], 0]);
    assert.ok(given <= 24, `${given}`);
  });
});

const second = 1_000_000_000n;

const latest = 0xffffffff;

function clamped(ns: bigint): bigint {
  const last = BigInt(latest) * second;
  return ns < 0n ? 0n : ns > last ? last : ns;
}

/** Whole seconds from 1970 to 2106, as SFTP has them. */
function coarse(store: Store): Store {
  const cut = (ns: bigint | undefined) => ns && clamped(ns - (((ns % second) + second) % second));
  const seen = <T extends Listed>(entry: T): T =>
    entry.kind === 'unlisted' ? entry : { ...entry, mtimeNs: cut((entry as Entry).mtimeNs) };
  const given = <T extends { readonly mtimeNs: bigint | undefined }>(metadata: T): T => ({
    ...metadata,
    mtimeNs: cut(metadata.mtimeNs),
  });
  return {
    ...store,
    timeStepNs: Number(second),
    timeEnds: { earliest: 0, latest },
    listNow: () => undefined,
    async *list(dir, signal) {
      for await (const entry of store.list(dir, signal)) yield seen(entry);
    },
    async stat(path, signal) {
      const entry = await store.stat(path, signal);
      return entry && seen(entry);
    },
    dress: (path, metadata, signal) => store.dress!(path, given(metadata), signal),
    makeSymlink: (path, target, metadata, signal) =>
      store.makeSymlink!(path, target, given(metadata), signal),
    async write(path, body, how, signal) {
      const made = await store.write(path, body, { ...how, metadata: given(how.metadata) }, signal);
      return { ...made, entry: seen(made.entry) };
    },
  };
}
