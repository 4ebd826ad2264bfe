/** A directory behind SFTP that somebody swaps for a symlink right after it was seen to be one. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { noMetadata } from '../../src/store/entry.ts';
import type { Store } from '../../src/store/store.ts';
import { needs } from '../peer.ts';
import { at, bodyOf, counted, how, isKind, put, signal } from './bodies.ts';
import { openFar, plainServer, server } from './far.ts';

const given = { ...noMetadata, mode: 0o755 };
const content = counted(1000);
const range = { offset: 0, length: content.length };
const begun = { size: content.length, origin: undefined, metadata: given, replaces: undefined };

const acts: Readonly<Record<string, (store: Store, partial: string) => Promise<unknown>>> = {
  'write()': (store) => put(store, 'dir/new', 'x'),
  'makeDirectory()': (store) => store.makeDirectory!(at('dir/new'), given, signal),
  'makeSymlink()': (store) => store.makeSymlink!(at('dir/new'), Buffer.from('x'), noMetadata, signal),
  'makeLink()': (store) => store.makeLink!(at('dir/new'), at('file'), signal),
  'dress()': (store) => store.dress!(at('dir/victim'), { ...noMetadata, mode: 0o777 }, signal),
  'parts.begin()': (store) =>
    store.parts!.begin(at('dir/new'), { ...begun, partial: Buffer.from('p') }, signal),
  'parts.put()': (store, partial) => store.parts!.put(at(partial), range, bodyOf(content), signal),
  'parts.finish()': (store, partial) =>
    store.parts!.finish(at(partial), at('dir/new'), { metadata: given, replaces: undefined }, signal),
};

describe('a directory that becomes a symlink', { skip: needs('sftp-server'), concurrency: 4 }, () => {
  for (const [serves, open] of Object.entries({ 'all extensions': server(), none: plainServer }))
    for (const [name, act] of Object.entries(acts)) {
      if (name === 'makeLink()' && serves === 'none') continue;
      test(`${name} refuses it at once, and leaves what it leads to as it is (${serves})`, async () => {
        const path = fs.mkdtempSync(join(tmpdir(), 'difpipe-swapped-'));
        try {
          const [root, outside] = [join(path, 'root'), join(path, 'outside')];
          for (const dir of [root, outside]) fs.mkdirSync(dir);
          await using store = await openFar(root, open);
          await store.makeDirectory!(at('dir'), noMetadata, signal);
          await put(store, 'file', 'x');
          const partial = 'dir/partial';
          await store.parts!.begin(at('dir/large'), { ...begun, partial: Buffer.from('partial') }, signal);
          for (const victim of ['victim', 'partial']) fs.writeFileSync(join(outside, victim), 'kept');
          fs.chmodSync(join(outside, 'victim'), 0o600);
          fs.renameSync(join(root, 'dir'), join(root, 'aside'));
          fs.symlinkSync(outside, join(root, 'dir'));
          await assert.rejects(act(store, partial), isKind('refused'));
          assert.deepEqual(fs.readdirSync(outside).sort(), ['partial', 'victim']);
          assert.equal(fs.readFileSync(join(outside, 'partial'), 'latin1'), 'kept');
          assert.equal(fs.statSync(join(outside, 'victim')).mode & 0o777, 0o600);
        } finally {
          fs.rmSync(path, { recursive: true });
        }
      });
    }

  test('a file that is being written meanwhile gets no name there', async () => {
    const path = fs.mkdtempSync(join(tmpdir(), 'difpipe-swapped-'));
    try {
      fs.mkdirSync(join(path, 'outside'));
      fs.mkdirSync(join(path, 'root/dir'), { recursive: true });
      await using store = await openFar(join(path, 'root'), server());
      const swapping = {
        size: content.length,
        async *open() {
          fs.renameSync(join(path, 'root/dir'), join(path, 'root/aside'));
          fs.symlinkSync(join(path, 'outside'), join(path, 'root/dir'));
          yield content;
        },
      };
      await assert.rejects(store.write(at('dir/new'), swapping, how(), signal), isKind('refused'));
      assert.deepEqual(fs.readdirSync(join(path, 'outside')), []);
      assert.equal(fs.existsSync(join(path, 'root/aside/new')), false);
    } finally {
      fs.rmSync(path, { recursive: true });
    }
  });
});
