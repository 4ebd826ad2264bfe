import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { openHost } from '../../src/ssh/host.ts';
import type { FileEntry } from '../../src/store/entry.ts';
import { openSshStore } from '../../src/store/sftp/ssh-store.ts';
import type { Store } from '../../src/store/store.ts';
import { needs } from '../peer.ts';
import { startSshd } from '../ssh/sshd.ts';
import { at, isKind, signal } from './bodies.ts';

const names = ['a', '-dash', "quo'te $(id)", 'caf\xe9', 'sub/deep', 'empty', '*'];
const odd = ['new\nline', 'back\\slash'];
const common = ['sh', 'stat', 'sync', 'xargs', 'find', 'id', 'cat'];

/** What the host has: names of programs, which are links to this machine's. */
const hosts: Readonly<Record<string, { readonly has: readonly string[]; readonly isBusybox?: true }>> = {
  sha256sum: { has: [...common, 'sha256sum'] },
  shasum: { has: [...common, 'shasum', 'perl'] },
  openssl: { has: [...common, 'openssl'] },
  busybox: { has: [...common, 'sha256sum'], isBusybox: true },
};

type There = AsyncDisposable & { readonly path: string; readonly store: Store; readonly bin: string };

async function there(has: readonly string[], isBusybox = false): Promise<There> {
  const path = fs.mkdtempSync(join(tmpdir(), 'difpipe-digest-'));
  const [bin, root] = [join(path, 'bin'), join(path, 'root')];
  for (const dir of [bin, root, join(root, 'sub')]) fs.mkdirSync(dir);
  for (const name of has) fs.symlinkSync(program(isBusybox ? 'busybox' : name), join(bin, name));
  for (const name of [...names, ...odd]) {
    const file = Buffer.from(join(root, name), 'latin1');
    fs.writeFileSync(file, name === 'empty' ? '' : `of ${name}`);
  }
  const force = `ForceCommand PATH=${bin} exec ${bin}/sh -c "$SSH_ORIGINAL_COMMAND"`;
  const sshd = await startSshd({ options: [force] });
  const host = await openHost(sshd.place(), sshd.access, signal);
  const store = await openSshStore(
    sshd.place(root),
    host,
    { wantsShell: true, makes: false, makesBare: false, lists: false },
    signal,
  );
  return {
    path: root,
    bin,
    store,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await host[Symbol.asyncDispose]();
      await sshd[Symbol.asyncDispose]();
      fs.rmSync(path, { recursive: true });
    },
  };
}

function program(name: string): string {
  const found = process.env.PATH!.split(delimiter).map((dir) => join(dir, name));
  return fs.realpathSync(found.find((path) => fs.existsSync(path))!);
}

async function entryOf(store: Store, name: string): Promise<FileEntry> {
  const entry = await store.stat(at(Buffer.from(name, 'latin1')), signal);
  assert.ok(entry?.kind === 'file', name);
  return entry;
}

async function digestOf(store: Store, name: string): Promise<string | undefined> {
  const digest = await store.digest!(await entryOf(store, name), signal);
  return digest && `${digest.algorithm} ${Buffer.from(digest.value).toString('hex')}`;
}

for (const [kind, { has, isBusybox }] of Object.entries(hosts)) {
  const peers = isBusybox ? ['busybox'] : has.slice(common.length);
  test(`digest() is what ${kind} prints, whatever a file is called`, {
    skip: needs('sshd', ...peers),
  }, async () => {
    await using far = await there(has, isBusybox);
    const told = await Promise.all(names.map((name) => digestOf(far.store, name)));
    const right = names.map((name) =>
      createHash('sha256')
        .update(name === 'empty' ? '' : `of ${name}`)
        .digest('hex'),
    );
    assert.deepEqual(
      told,
      right.map((hex) => `sha256 ${hex}`),
    );
    for (const name of odd) assert.equal(await digestOf(far.store, name), undefined);
  });
}

test('digest() tells nothing where the host has nothing that makes them', {
  skip: needs('sshd'),
}, async () => {
  await using far = await there(common);
  assert.equal(await digestOf(far.store, 'a'), undefined);
});

test('digest() tells nothing of what cannot be read, and the others come all the same', {
  skip: needs('sshd'),
}, async () => {
  await using far = await there([...common, 'sha256sum']);
  const entry = await entryOf(far.store, 'sub/deep');
  fs.rmSync(join(far.path, 'sub'), { recursive: true });
  const [gone, a] = await Promise.all([far.store.digest!(entry, signal), digestOf(far.store, 'a')]);
  assert.equal(gone, undefined);
  assert.match(a!, /^sha256 /);
});

test('digest() notices a file that is another one than was listed, or changes while it is read', {
  skip: needs('sshd'),
}, async () => {
  await using far = await there(common);
  const listed = await entryOf(far.store, 'a');
  const sum = join(far.bin, 'sha256sum');
  fs.writeFileSync(sum, `#!/bin/sh\n${program('sha256sum')} "$@"\necho more >>./a\n`, { mode: 0o755 });
  await assert.rejects(far.store.digest!(listed, signal), isKind('changed'));
  fs.rmSync(sum);
  fs.symlinkSync(program('sha256sum'), sum);
  await assert.rejects(far.store.digest!(listed, signal), isKind('changed'));
  const longer = await entryOf(far.store, 'a');
  fs.rmSync(join(far.path, 'a'));
  execFileSync('ln', ['-s', '*', join(far.path, 'a')]);
  await assert.rejects(far.store.digest!(longer, signal), isKind('changed'));
});
