import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { relativePath } from '../../src/store/path.ts';
import { openRcloneStore } from '../../src/store/rclone/rclone-store.ts';
import { ordinary } from '../far/tree.ts';
import { needs } from '../peer.ts';
import { ground } from './ground.ts';
import { programs } from './remotes.ts';

const kinds = ['disk', 'secret'] as const;

describe('difpipe verify --checksum of a place of rclone', {
  skip: needs('rclone', 'current-rclone'),
}, () => {
  for (const [name, program] of Object.entries(programs))
    for (const kind of kinds)
      test(`finds one byte that differs behind the same size and time, in ${kind} with ${name}`, async () => {
        await using here = ground(program);
        ordinary(here.source, { files: 20 });
        await here.runTo(0, ['transfer', here.source, `${kind}:tree`]);
        await here.runTo(0, ['verify', '--checksum', here.source, `${kind}:tree`]);
        const file = join(here.source, 'd3/f3');
        const { atime, mtime } = fs.statSync(file);
        const bytes = fs.readFileSync(file);
        bytes[7]! ^= 1;
        fs.writeFileSync(file, bytes);
        fs.utimesSync(file, atime, mtime);
        for (const ends of [
          [here.source, `${kind}:tree`],
          [`${kind}:tree`, here.source],
        ]) {
          const { said } = await here.runTo(4, ['verify', '--checksum', ...ends]);
          const found = said.filter(({ type }) => type === 'difference');
          assert.deepEqual(
            found.map(({ path, what }) => [path, what]),
            [['d3/f3', ['content']]],
          );
        }
      });

  for (const kind of ['disk', 'sftp', 's3'] as const)
    test(`${kind} says what the bytes of a file add up to`, async () => {
      await using here = ground(programs['a current rclone']);
      fs.mkdirSync(join(here.disk, 'tree'));
      fs.writeFileSync(join(here.disk, 'tree/file'), 'some bytes');
      if (kind !== 'disk') await here.serve(kind);
      const signal = new AbortController().signal;
      await using store = await openRcloneStore(here.place(kind, 'tree'), here.rclone, signal);
      const file = await store.stat(relativePath(Buffer.from('file'))!, signal);
      if (file?.kind !== 'file') return assert.fail('it is not there');
      const { algorithm, value } = (await store.digest!(file, signal))!;
      assert.deepEqual(value, createHash(algorithm).update('some bytes').digest());
      assert.equal(await store.digest!({ ...file, size: 9 }, signal), undefined);
    });

  test('an encrypted remote says nothing, and is read', async () => {
    await using here = ground(programs['a current rclone']);
    const signal = new AbortController().signal;
    await using store = await openRcloneStore(here.place('secret', 'tree'), here.rclone, signal);
    assert.equal(store.digest, undefined);
  });
});
