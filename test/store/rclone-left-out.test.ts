import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { itself } from '../../src/store/path.ts';
import { openRcloneStore } from '../../src/store/rclone/rclone-store.ts';
import type { Store } from '../../src/store/store.ts';
import { needs } from '../peer.ts';
import { programs, remotes } from '../rclone/remotes.ts';
import { at, signal } from './bodies.ts';

async function leftOutOf(store: Store, dir = itself): Promise<string[]> {
  const listed = await Array.fromAsync(store.list(dir, signal));
  return listed.flatMap(({ kind, path }) => (kind === 'unlisted' ? [Buffer.from(path).toString()] : []));
}

describe('what rclone leaves out of lists', { skip: needs('rclone', 'current-rclone') }, () => {
  for (const [name, program] of Object.entries(programs)) {
    test(`is told to who lists its directory, each time, with ${name}`, async () => {
      await using here = remotes(program);
      for (const dir of ['a', 'b']) {
        fs.mkdirSync(join(here.disk, dir));
        fs.writeFileSync(join(here.disk, dir, 'file'), '');
      }
      for (const link of ['a/line\nbreak', 'a/␊']) fs.symlinkSync('nowhere', join(here.disk, link));
      await using store = await openRcloneStore(here.place('disk'), here.rclone, signal);
      const first = store.list(at('a'), signal)[Symbol.asyncIterator]();
      await first.next();
      assert.deepEqual(await leftOutOf(store, at('b')), []);
      assert.equal((await first.next()).value?.kind, 'unlisted');
      await first.return?.(); // it wanted to know whether there is anything
      for (const _ of ['once', 'again'])
        assert.deepEqual((await leftOutOf(store, at('a'))).sort(), ['a/line\nbreak', 'a/␊']);
    });

    test(`is told of the place itself where rclone may not look at what is in it, with ${name}`, {
      skip: needs('root'),
    }, async () => {
      await using here = remotes(program);
      fs.writeFileSync(join(here.disk, 'file'), '');
      fs.chmodSync(here.path, 0o755);
      fs.chmodSync(here.config, 0o644);
      fs.chmodSync(here.disk, 0o744);
      const nobody = join(here.path, 'rclone');
      const script = `#!/bin/sh\nexec setpriv --reuid 65534 --clear-groups ${here.rclone.program} "$@"\n`;
      fs.writeFileSync(nobody, script, { mode: 0o755 });
      await using store = await openRcloneStore(
        here.place('disk'),
        { ...here.rclone, program: nobody },
        signal,
      );
      await leftOutOf(store).then(
        (told) => assert.deepEqual(told, ['']),
        (error: Error) => assert.match(error.message, /permission denied|failed to read/), // the old one says it aloud
      );
    });

    test(`is told with any list where names are encrypted, with ${name}`, async () => {
      await using here = remotes(program);
      fs.mkdirSync(join(here.disk, 'd'));
      fs.writeFileSync(join(here.disk, 'd/file'), '');
      execFileSync(program, ['copy', here.disk, 'secret:'], { env: here.env, stdio: 'ignore' });
      const crypt = join(here.path, 'crypt');
      const [dir] = fs.readdirSync(crypt);
      fs.writeFileSync(join(crypt, dir!, 'odd'), '');
      await using store = await openRcloneStore(here.place('secret'), here.rclone, signal);
      assert.deepEqual(await leftOutOf(store), []);
      for (const _ of ['once', 'again']) assert.deepEqual(await leftOutOf(store, at('d')), [`${dir}/odd`]);
      for await (const _ of store.list(at('d'), signal)) break;
      assert.deepEqual(await leftOutOf(store, at('d')), [`${dir}/odd`]);
      for (const isTaken of [true, false]) {
        for await (const { kind } of store.list(at('d'), signal)) {
          if (kind !== 'unlisted') continue;
          assert.deepEqual(await leftOutOf(store), [], 'one that runs at once does not tell it too');
          if (!isTaken) break;
        }
        assert.deepEqual(await leftOutOf(store), isTaken ? [] : [`${dir}/odd`]);
      }
    });
  }
});
