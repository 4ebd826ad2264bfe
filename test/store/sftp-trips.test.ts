/** What is asked of a server without waiting for what was asked before: an answer comes only when that was asked. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { noMetadata } from '../../src/store/entry.ts';
import { itself } from '../../src/store/path.ts';
import { openSftpStore } from '../../src/store/sftp/sftp-store.ts';
import type { Store } from '../../src/store/store.ts';
import { needs, sftpServer } from '../peer.ts';
import { at, bodyOf, bytesOf, counted, isKind, signal } from './bodies.ts';
import { asOpenSsh, program, server, withoutModes } from './far.ts';
import { type Watched, watched } from './watched.ts';

const content = counted(3_000_000);
const whole = { offset: 0, length: content.length };
const metadata = { ...noMetadata, mode: 0o640, mtimeNs: 1_000_000_000_000_000_000n };
const finishing = { metadata, replaces: undefined };
const [link, dress] = ['hardlink@openssh.com', 'lsetstat@openssh.com'];

describe('round trips of a large file behind SFTP', { skip: needs('sftp-server') }, () => {
  test('it is dressed and gets its name before anything of that is answered, and what its directory gets comes behind', async () => {
    await using far = await place(2);
    const partial = await filled(far.store);
    far.keep('all', link);
    far.keep('REMOVE', dress);
    const { entry, tidied } = await far.store.parts!.finish(partial, at('large'), finishing, signal);
    await far.store.dress!(itself, { ...noMetadata, mtimeNs: metadata.mtimeNs }, signal);
    await tidied;
    assert.deepEqual(new Set(far.on), new Set([1, 2]));
    const lineOf = (name: string) => far.on[far.asked.lastIndexOf(name)];
    assert.equal(lineOf(dress), lineOf('REMOVE'));
    assert.equal(entry.mtimeNs, metadata.mtimeNs);
    assert.deepEqual(fs.readdirSync(far.path), ['large']);
    assert.deepEqual(fs.readFileSync(join(far.path, 'large')), content);
    assert.deepEqual([fs.statSync(join(far.path, 'large')).mode & 0o777, seconds(far.path)], [0o640, 1e9]);
  });

  test('behind OpenSSH nothing of its name, the removal of the other one and what its directory gets is waited for', async () => {
    await using far = await place(1, asOpenSsh(server()));
    const partial = await filled(far.store);
    far.keep('all', 'RENAME');
    far.keep('RENAME', dress);
    const finely = { ...metadata, mtimeNs: metadata.mtimeNs + 5n };
    const how = { ...finishing, metadata: finely, directory: { ...finely, mode: 0o750 } };
    const { entry, tidied, isSettled } = await far.store.parts!.finish(partial, at('large'), how, signal);
    assert.deepEqual([tidied, isSettled], [undefined, true]);
    assert.equal(far.asked.filter((name) => name === dress).length, 4);
    assert.ok(!far.asked.includes(link) && !far.asked.includes('REMOVE'));
    assert.equal(entry.mtimeNs, metadata.mtimeNs);
    assert.deepEqual(fs.readdirSync(far.path), ['large']);
    assert.deepEqual(fs.readFileSync(join(far.path, 'large')), content);
    assert.deepEqual([modeOf(join(far.path, 'large')), modeOf(far.path)], [0o640, 0o750]);
    assert.equal(seconds(far.path), 1e9);
  });

  test('and a name that somebody took meanwhile stays his', async () => {
    await using far = await place(1, asOpenSsh(server()));
    const partial = await filled(far.store);
    fs.writeFileSync(join(far.path, 'large'), 'his');
    await assert.rejects(
      far.store.parts!.finish(partial, at('large'), finishing, signal),
      isKind('conflict'),
    );
    assert.equal(fs.readFileSync(join(far.path, 'large'), 'utf8'), 'his');
    assert.deepEqual(fs.readFileSync(join(far.path, 'partial')), content);
  });

  test('a mode that is refused without following is given by the name that it has by then', async () => {
    await using far = await place(1, asOpenSsh(withoutModes(server())));
    const partial = await filled(far.store);
    const { entry, unkept } = await far.store.parts!.finish(partial, at('large'), finishing, signal);
    assert.deepEqual([entry.mode, unkept], [0o640, []]);
    assert.deepEqual([fs.readdirSync(far.path), modeOf(join(far.path, 'large'))], [['large'], 0o640]);
  });

  test('of a user who may not give it away the group is kept', { skip: needs('root') }, async () => {
    const flags = ['--reuid', '65534', '--regid', '65534', '--groups', '4321', sftpServer];
    await using far = await place(1, asOpenSsh(program('setpriv', flags)));
    fs.chownSync(far.path, 65_534, 65_534);
    const partial = await filled(far.store);
    const how = { ...finishing, metadata: { ...metadata, owner: { uid: 0, gid: 4321 } } };
    const { entry, unkept } = await far.store.parts!.finish(partial, at('large'), how, signal);
    assert.deepEqual([entry.owner, unkept], [{ uid: 65_534, gid: 4321 }, ['owner']]);
    assert.deepEqual(fs.readdirSync(far.path), ['large']);
  });

  test('what came in the place of its bytes meanwhile has no name in the end', async () => {
    await using far = await place(1);
    const partial = await filled(far.store);
    fs.rmSync(join(far.path, 'partial'));
    fs.symlinkSync('/etc/passwd', join(far.path, 'partial'));
    await assert.rejects(
      far.store.parts!.finish(partial, at('large'), finishing, signal),
      isKind('conflict'),
    );
    assert.deepEqual(fs.readdirSync(far.path), ['partial']);
  });

  test('one that was killed when it had its name is dressed when it is finished again', async () => {
    await using far = await place(1);
    fs.mkdirSync(join(far.path, 'dir'));
    const partial = await filled(far.store, 'dir/large');
    const [begun, named] = ['dir/partial', 'dir/large'].map((one) => join(far.path, one)) as [string, string];
    fs.utimesSync(begun, 1e9, 1e9);
    fs.linkSync(begun, named);
    const { unkept } = await far.store.parts!.finish(partial, at('dir/large'), finishing, signal);
    assert.deepEqual([unkept, fs.statSync(named).mode & 0o777], [[], 0o640]);
    assert.deepEqual(fs.readdirSync(join(far.path, 'dir')), ['large']);
  });

  test('its first bytes are sent while it is made as long as it will be', async () => {
    await using far = await place(1);
    far.keep('FSETSTAT', 'WRITE');
    const partial = await begun(far.store, 2 * content.length);
    await far.store.parts!.put(partial, whole, bodyOf(content), signal);
    assert.equal(fs.statSync(join(far.path, 'partial')).size, 2 * content.length);
  });

  test('the file is open for its next range before one has ended', async () => {
    await using far = await place(1);
    const partial = await begun(far.store, content.length);
    await far.store.parts!.put(partial, { ...whole, length: 1 }, bodyOf(content), signal); // who made it has closed it then
    far.keep('WRITE', 'OPEN');
    await far.store.parts!.put(partial, { ...whole, goesOn: true }, bodyOf(content), signal);
    const before = far.asked.length;
    await far.store.parts!.put(partial, whole, bodyOf(content), signal);
    const names = new Set(far.asked.slice(before));
    assert.deepEqual([...names], ['WRITE', 'CLOSE']);
  });

  test('a file that is read by ranges is looked at and opened once', async () => {
    await using far = await place(1);
    fs.writeFileSync(join(far.path, 'large'), content);
    const entry = await far.store.stat(at('large'), signal);
    assert.equal(entry?.kind, 'file');
    const before = far.asked.length;
    const body = far.store.read(entry);
    const half = content.length / 2;
    for (const offset of [0, half])
      assert.deepEqual(
        await bytesOf(body, { offset, length: half }),
        content.subarray(offset, offset + half),
      );
    const asked = far.asked.slice(before);
    assert.deepEqual([...new Set(asked)].sort(), ['FSTAT', 'OPEN', 'READ']);
    assert.equal(asked.filter((name) => name === 'OPEN').length, 1);
  });

  test('one that goes at once is made while its name is looked at, and is no more where that is taken', async () => {
    await using far = await place(1);
    const write = (name: string) => {
      far.keep('LSTAT', 'OPEN');
      const how = { metadata, replaces: undefined, partial: Buffer.from('partial'), durable: false };
      return far.store.write(at(name), bodyOf(content), how, signal);
    };
    await write('large');
    assert.deepEqual(fs.readFileSync(join(far.path, 'large')), content);
    fs.writeFileSync(join(far.path, 'taken'), 'his');
    await assert.rejects(write('taken'), isKind('conflict'));
    assert.deepEqual(fs.readdirSync(far.path).sort(), ['large', 'taken']);
    assert.equal(fs.readFileSync(join(far.path, 'taken'), 'utf8'), 'his');
    const count = (name: string) => far.asked.filter((one) => one === name).length;
    assert.equal(count('OPEN'), count('CLOSE'));
  });

  test('of many files that are read by ranges few stay open', async () => {
    await using far = await place(1);
    const range = { offset: 0, length: 1 };
    for (let number = 0; number < 40; number++) {
      fs.writeFileSync(join(far.path, `${number}`), 'text');
      const entry = await far.store.stat(at(`${number}`), signal);
      assert.equal(entry?.kind, 'file');
      await bytesOf(far.store.read(entry), range);
    }
    const count = (name: string) => far.asked.filter((one) => one === name).length;
    assert.equal(count('OPEN'), 40);
    assert.ok(count('OPEN') - count('CLOSE') <= 8, `${count('CLOSE')} were closed`);
  });
});

type Place = AsyncDisposable & Watched & { readonly path: string; readonly store: Store };

/** An empty one, which is synced by other means. */
async function place(lines: number, real = server()): Promise<Place> {
  const path = fs.mkdtempSync(join(tmpdir(), 'difpipe-trips-'));
  const far = watched(real);
  const how = { open: far.open, path: Buffer.from(path), name: 'far', lines, syncsLater: () => true };
  const store = await openSftpStore(how, signal);
  const close = async () => {
    await store[Symbol.asyncDispose]();
    fs.rmSync(path, { recursive: true });
  };
  return { ...far, path, store, [Symbol.asyncDispose]: close };
}

function begun({ parts }: Store, size: number, path = 'large') {
  const how = { size, origin: undefined, metadata, replaces: undefined, partial: Buffer.from('partial') };
  return parts!.begin(at(path), how, signal);
}

async function filled(store: Store, path = 'large') {
  const partial = await begun(store, content.length, path);
  store.expectMuch!();
  const half = content.length / 2;
  const put = (offset: number) =>
    store.parts!.put(partial, { offset, length: half }, bodyOf(content), signal);
  await Promise.all([put(0), put(half)]); // each on a connection of its own, where there may be two
  return partial;
}

function modeOf(path: string): number {
  return fs.statSync(path).mode & 0o777;
}

function seconds(path: string): number {
  return fs.statSync(path).mtimeMs / 1000;
}
