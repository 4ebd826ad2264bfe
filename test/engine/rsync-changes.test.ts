/** What rsync as an engine does when things are not as they were: sources that change, rights, rsyncs that are missing. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { TransferError } from '../../src/errors.ts';
import { keepAll } from '../../src/request.ts';
import type { OpenStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { judge } from '../judge.ts';
import { needs } from '../peer.ts';
import { startSshd } from '../ssh/sshd.ts';
import { hollow, solid } from '../trees.ts';
import { type Ends, type Over, pull, push, transferFar } from './far.ts';
import { run, workspace } from './run.ts';

const skip = needs('rsync', 'sshd');
const here: Ends = { source: 'here', dest: 'here' };
const sshd = await startSshd();
after(() => sshd[Symbol.asyncDispose]());

function ground() {
  const at = workspace();
  const [source, dest, state] = ['from', 'to', 'state'].map((name) => join(at, name));
  fs.mkdirSync(source!);
  const way = { source: source!, dest: dest!, state: state! };
  const go = (ends: Ends, over: Over = {}) =>
    transferFar(sshd, ends, way, { ...over, request: { strategy: 'rsync', ...over.request } });
  return { ...way, at, go };
}

/** Opens places with something of the first one changed. */
function sourceWith(change: (store: Store) => Store): NonNullable<Over['opened']> {
  let isFirst = true;
  return (open: OpenStore) => async (place, end) => {
    const store = await open(place, end);
    const changed = isFirst ? change(store) : store;
    isFirst = false;
    return changed;
  };
}

const nameOf = (path: Uint8Array) => Buffer.from(path).toString('latin1');

test('of a file that changed in place only what changed is sent', { skip }, async () => {
  const { source, dest, go } = ground();
  for (const dir of [source, dest]) {
    fs.mkdirSync(dir, { recursive: true });
    solid(join(dir, 'file'), 20 * 2 ** 20);
  }
  const fd = fs.openSync(join(source, 'file'), 'r+');
  fs.writeSync(fd, Buffer.alloc(1000, 'changed'), 0, 1000, 7_000_000);
  fs.ftruncateSync(fd, 20 * 2 ** 20 + 100_000); // ends with a hole
  fs.closeSync(fd);
  fs.utimesSync(join(dest, 'file'), 1e9, 1e9);
  let sent = 0;
  const ran = await go(push, {
    opened: (open) => async (place, end) => counting(await open(place, end), (bytes) => (sent += bytes)),
  });
  assert.equal(ran.status, 0, ran.stderr);
  assert.equal(await judge(source, dest), '');
  assert.ok(sent > 1000 && sent < 500_000, `${sent} bytes`);
  const { deltas, holeBytes } = ran.summary!.tally;
  assert.deepEqual([deltas, holeBytes], [1, 0], 'holes are compared like the rest');
});

/** Counts what programs at a place are given. */
function counting(store: Store, count: (bytes: number) => void): Store {
  const { shell } = store;
  if (!shell) return store;
  const counted = async (...given: Parameters<typeof shell.run>) => {
    const far = await shell.run(...given);
    const write = far.stdin.write.bind(far.stdin) as (chunk: Uint8Array) => boolean;
    far.stdin.write = ((chunk: Uint8Array) => {
      count(chunk.length);
      return write(chunk);
    }) as typeof far.stdin.write;
    return far;
  };
  return { ...store, shell: { ...shell, run: counted } };
}

for (const [name, ends] of Object.entries({ here, push, pull })) {
  test(`a file that changed while it was sent goes again: ${name}`, { skip }, async () => {
    const { source, dest, go } = ground();
    fs.writeFileSync(join(source, 'file'), 'first');
    fs.writeFileSync(join(source, 'other'), 'other');
    let isFirst = true;
    const opened = sourceWith((store) => ({
      ...store,
      stat: async (path, signal) => {
        if (nameOf(path) === 'file' && isFirst) fs.appendFileSync(join(source, 'file'), ' and second');
        if (nameOf(path) === 'file') isFirst = false;
        return store.stat(path, signal);
      },
    }));
    const ran = await go(ends, { opened });
    assert.equal(ran.status, 0, ran.stderr);
    assert.equal(ran.summary!.tally.copied, 2);
    assert.equal(await judge(source, dest), '');
  });
}

for (const [name, ends] of Object.entries({ here, push, pull })) {
  test(`what goes in different lists stays one entry, whatever its kind: ${name}`, { skip }, async () => {
    const { source, dest, go } = ground();
    for (let dir = 0; dir < 12; dir++) {
      fs.mkdirSync(join(source, `${dir}`));
      hollow(join(source, `${dir}`, 'fills a list'), 5 * 2 ** 20);
      if (dir === 0) fs.writeFileSync(join(source, '0/file'), 'one');
      if (dir === 0) fs.symlinkSync('nowhere', join(source, '0/symlink'));
      else
        for (const kind of ['file', 'symlink'])
          fs.linkSync(join(source, '0', kind), join(source, `${dir}`, kind));
    }
    const ran = await go(ends);
    assert.equal(ran.status, 0, ran.stderr);
    assert.equal(await judge(source, dest), '');
    assert.equal(ran.summary!.tally.linked, 22);
  });
}

test('the name that a directory stands in the way of is named, not another one of the file', {
  skip,
}, async () => {
  const { source, dest, go } = ground();
  for (const dir of [join(source, 'a'), join(source, 'b'), join(dest, 'b/new\nline')])
    fs.mkdirSync(dir, { recursive: true });
  fs.writeFileSync(join(dest, 'b/new\nline/kept'), '');
  fs.writeFileSync(join(source, 'a/file'), 'one');
  for (const name of ['new\nline', 'other']) fs.linkSync(join(source, 'a/file'), join(source, 'b', name));
  const ran = await go(here);
  assert.equal(ran.status, 3);
  const failed = ran.failed.map(({ path, kind }) => [path, kind]);
  assert.deepEqual(failed, [['b/new\nline', 'conflict']]);
});

test('a file that changes each time is named', { skip }, async () => {
  const { source, go } = ground();
  fs.writeFileSync(join(source, 'file'), 'first');
  const opened = sourceWith((store) => ({
    ...store,
    stat: async (path, signal) => {
      if (nameOf(path) === 'file') fs.appendFileSync(join(source, 'file'), ' and more');
      return store.stat(path, signal);
    },
  }));
  const ran = await go(here, { opened, request: { retries: 1 } });
  assert.equal(ran.status, 3);
  assert.deepEqual(
    ran.failed.map(({ path, kind }) => [path, kind]),
    [['file', 'changed']],
  );
});

for (const [name, ends] of Object.entries({ here, push, pull })) {
  test(`what vanished after it was listed is named, and the rest arrives: ${name}`, { skip }, async () => {
    const { source, dest, go } = ground();
    for (const file of ['a', 'gone', 'z']) fs.writeFileSync(join(source, file), file);
    const opened = sourceWith((store) => ({
      ...store,
      listNow: () => undefined,
      list: async function* (dir, signal) {
        yield* store.list(dir, signal);
        fs.rmSync(join(source, 'gone'), { force: true });
      },
    }));
    const ran = await go(ends, { opened });
    assert.equal(ran.status, 3);
    assert.deepEqual(
      ran.failed.map(({ path, kind }) => [path, kind]),
      [['gone', 'missing']],
    );
    assert.equal(ran.summary!.tally.copied, 2);
    assert.deepEqual(fs.readdirSync(dest).sort(), ['a', 'z']);
  });
}

test('what cannot be looked at again is named, and nothing else of what arrived with it', {
  skip,
}, async () => {
  const { source, dest, go } = ground();
  for (const file of ['a', 'file', 'z']) fs.writeFileSync(join(source, file), file);
  const opened = sourceWith((store) => ({
    ...store,
    stat: async (path, signal) => {
      if (nameOf(path) === 'file') throw new TransferError('io', 'the disk does not tell');
      return store.stat(path, signal);
    },
  }));
  const ran = await go(here, { opened });
  assert.equal(ran.status, 3, ran.stderr);
  assert.deepEqual(
    ran.failed.map(({ path, kind }) => [path, kind]),
    [['file', 'io']],
  );
  assert.equal(ran.summary!.tally.copied, 3);
  assert.equal(await judge(source, dest), '');
});

test('what may not be read is named one by one, and the rest arrives', {
  skip: skip || needs('root', 'setpriv'),
}, async () => {
  const { at, source, dest, state } = ground();
  for (const name of ['a', 'secret', 'z $(touch pwned)\n']) fs.writeFileSync(join(source, name), name);
  fs.chmodSync(join(source, 'secret'), 0);
  fs.chmodSync(at, 0o777);
  const under = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
  const ran = await run(state, ['transfer', '--strategy', 'rsync', source, dest], { under });
  assert.equal(ran.status, 3, ran.stderr);
  assert.deepEqual(
    ran.failed.map(({ path, kind }) => [path, kind]),
    [['secret', 'denied']],
  );
  assert.deepEqual(ran.summary!.notices, { owner: 2 });
  assert.deepEqual(fs.readdirSync(dest).sort(), ['a', 'z $(touch pwned)\n']);
});

test('something in the way that is not empty is a conflict, and stays', { skip }, async () => {
  const { source, dest, go } = ground();
  fs.writeFileSync(join(source, 'name'), 'a file');
  fs.mkdirSync(join(dest, 'name/full'), { recursive: true });
  const ran = await go(here);
  assert.equal(ran.status, 3);
  assert.deepEqual(
    ran.failed.map(({ path, kind }) => [path, kind]),
    [['name', 'conflict']],
  );
  assert.ok(fs.existsSync(join(dest, 'name/full')));
});

for (const [name, ends] of Object.entries({ here, push, pull }))
  test(`where one of several names is a conflict, the others are joined, as a dry run says (${name})`, {
    skip,
  }, async () => {
    const { source, dest, go } = ground();
    for (const group of ['a', 'b']) {
      fs.writeFileSync(join(source, `${group}1`), group);
      for (const at of [2, 3, 4]) fs.linkSync(join(source, `${group}1`), join(source, `${group}${at}`));
    }
    for (const taken of ['a1', 'b4']) fs.mkdirSync(join(dest, taken, 'full'), { recursive: true });
    for (const dryRun of [true, false]) {
      const ran = await go(ends, { request: { dryRun } });
      assert.deepEqual(ran.failed.map(({ path, kind }) => `${kind} ${path}`).sort(), [
        'conflict a1',
        'conflict b4',
      ]);
      const { copied, linked, skipped } = ran.summary!.tally;
      assert.deepEqual({ copied, linked, skipped }, { copied: 2, linked: 4, skipped: 0 });
    }
    for (const names of [
      ['a2', 'a3', 'a4'],
      ['b1', 'b2', 'b3'],
    ]) {
      const inodes = new Set(names.map((one) => fs.statSync(join(dest, one)).ino));
      assert.equal(inodes.size, 1);
    }
  });

for (const [name, ends] of Object.entries({ here, push, pull }))
  test(`where one of several names cannot be replaced, the others are made and joined (${name})`, {
    skip: skip || needs('root'),
  }, async () => {
    const { at, source, dest, go } = ground();
    for (const dir of [join(source, 'dir'), dest]) fs.mkdirSync(dir, { recursive: true });
    fs.writeFileSync(join(source, 'a'), 'new');
    for (const other of ['b', 'dir/c']) fs.linkSync(join(source, 'a'), join(source, other));
    for (const old of [join(dest, 'a'), join(at, 'held')]) fs.writeFileSync(old, 'held');
    execFileSync('mount', ['--bind', join(at, 'held'), join(dest, 'a')]);
    using mounts = new DisposableStack();
    mounts.defer(() => execFileSync('umount', [join(dest, 'a')]));
    const ran = await go(ends);
    assert.equal(ran.status, 3, ran.stderr);
    assert.deepEqual(
      ran.failed.map(({ path }) => path),
      ['a'],
    );
    const [b, c] = ['b', 'dir/c'].map((one) => fs.statSync(join(dest, one)).ino);
    assert.equal(b, c);
  });

for (const [name, ends] of Object.entries({ here, push, pull }))
  test(`names of one file that are files of their own there, and the same, are joined, as a dry run says (${name})`, {
    skip,
  }, async () => {
    const { source, dest, go } = ground();
    fs.mkdirSync(join(source, 'dir'));
    fs.writeFileSync(join(source, 'one'), 'the same');
    for (const other of ['two', 'dir/three']) fs.linkSync(join(source, 'one'), join(source, other));
    assert.equal((await go(ends, { request: { preserve: { ...keepAll, hardlinks: false } } })).status, 0);
    assert.notEqual(await judge(source, dest), '');
    for (const dryRun of [true, false]) {
      const ran = await go(ends, { request: { dryRun } });
      const { linked, skipped } = ran.summary!.tally;
      assert.deepEqual([ran.status, linked, skipped], [0, 2, 1]);
    }
    assert.equal(await judge(source, dest), '');
  });

for (const [name, ends] of Object.entries({ here, pull }))
  test(`the directory that is made for what is not whole is nothing to repair, as a dry run says (${name})`, {
    skip,
  }, async () => {
    const { source, dest, go } = ground();
    fs.mkdirSync(dest);
    for (const root of [source, dest]) fs.writeFileSync(join(root, 'file'), root);
    for (const root of [source, dest]) fs.utimesSync(root, 1e9, 1e9);
    for (const dryRun of [true, false]) {
      const { updated, repaired } = (await go(ends, { request: { dryRun } })).summary!.tally;
      assert.deepEqual({ updated, repaired }, { updated: 1, repaired: 0 });
    }
    assert.equal(fs.statSync(dest).mtimeMs, 1e12);
  });

test('with --checksum, too, times are told apart within a second', { skip }, async () => {
  const { source, dest, go } = ground();
  for (const [root, fraction] of [
    [source, 0.25],
    [dest, 0.75],
  ] as const) {
    fs.mkdirSync(join(root, 'dir'), { recursive: true });
    fs.writeFileSync(join(root, 'dir/file'), 'the same');
    for (const path of ['dir/file', 'dir', '.']) fs.utimesSync(join(root, path), 1e9, 1e9 + fraction);
  }
  const ran = await go(here, { request: { checksum: true } });
  assert.equal(ran.status, 0, ran.stderr);
  for (const path of ['dir/file', 'dir', '.'])
    assert.equal(fs.statSync(join(dest, path)).mtimeMs, 1e12 + 250);
});

test('one file goes into a directory, which stays as it is', { skip }, async () => {
  const { source, dest, state } = ground();
  fs.writeFileSync(join(source, 'file'), 'one');
  fs.mkdirSync(dest);
  fs.chmodSync(dest, 0o750);
  const line = ['transfer', '--strategy', 'rsync', join(source, 'file')];
  assert.equal((await run(state, [...line, dest])).status, 0);
  assert.deepEqual(fs.readdirSync(dest), ['file']);
  assert.equal(fs.statSync(dest).mode & 0o777, 0o750);
  const renamed = await run(state, [...line, join(dest, 'other')]);
  assert.deepEqual([renamed.status, fs.readdirSync(dest)], [2, ['file']]);
});

test('rsync that is missing here, or a far end without a shell, is said before anything is moved', {
  skip,
}, async () => {
  const { source, go } = ground();
  fs.writeFileSync(join(source, 'file'), 'one');
  const lacking = { kind: 'unsupported', message: 'rsync on this machine is not there' };
  await assert.rejects(go(here, { request: { searchPath: '/nowhere' } }), lacking);
  const opened =
    (open: OpenStore) =>
    async (...given: Parameters<OpenStore>) => {
      const { shell: _, ...store } = await open(...given);
      return store;
    };
  await assert.rejects(go(push, { opened }), { kind: 'unsupported', message: /no program can be run/ });
});
