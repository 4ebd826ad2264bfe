import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { MiB } from '../trees.ts';
import { type Kind, makeImage, mounted, place } from './ground.ts';
import { runTo } from './program.ts';

// What a file system tells of an entry for itself stays as it is, and does not take with it what is the entry's own.

for (const strategy of ['auto', 'rsync'])
  describe(`with --strategy ${strategy}`, () => {
    const flags = ['--strategy', strategy];

    test('XFS keeps ACLs, which it also tells by names of its own, and those go nowhere', {
      skip: needs('root', 'loop', 'mkfs.xfs', 'setfacl', 'rsync'),
    }, async () => {
      using here = on('xfs');
      shell(
        here.source,
        'mkdir d e; echo 1 >d/f; setfacl -d -m u:1:rwx d; setfacl -m u:1:rwx d/f e; touch -d @1000 d/f d e .',
      );
      const state = join(here.path, 'state');
      for (let run = 0; run < 3; run++) {
        const { summary } = await runTo(0, state, [
          'transfer',
          '--checksum',
          ...flags,
          here.source,
          here.dest,
        ]);
        assert.equal(summary!.tally.repaired, run === 0 ? 1 : 0); // the top itself
        assert.equal(aclsIn(here.dest), aclsIn(here.source));
      }
      await runTo(0, state, ['verify', here.source, here.dest]);
      const back = join(here.path, 'back');
      await runTo(0, state, ['transfer', ...flags, here.dest, back]);
      assert.equal(attributesIn(back, 'trusted'), '');
    });

    test('btrfs keeps how it was told to store what is in a directory', {
      skip: needs('root', 'loop', 'mkfs.btrfs', 'setfattr', 'rsync'),
    }, async () => {
      using here = on('btrfs');
      shell(here.source, 'mkdir d; echo 1 >d/f');
      shell(here.dest, 'setfattr -n btrfs.compression -v zstd .');
      const state = join(here.path, 'state');
      for (let run = 0; run < 2; run++) {
        shell(here.source, 'date +%N >d/new');
        await runTo(0, state, ['transfer', ...flags, here.source, here.dest]);
        assert.match(attributesIn(here.dest, 'btrfs'), /file: \.\n.*zstd.*\n\n# file: d\n.*zstd/);
      }
      await runTo(0, state, ['verify', here.source, here.dest]);
    });
  });

type Here = Disposable & { readonly path: string; readonly source: string; readonly dest: string };

/** A source in memory, and a destination on a new file system of this kind. */
function on(kind: Kind): Here {
  const here = place();
  const [source, disk] = [join(here.path, 'source'), join(here.path, 'disk')];
  makeImage(join(here.path, 'image'), kind, 400 * MiB);
  const mount = mounted(disk, '-o', 'loop', join(here.path, 'image'));
  for (const dir of [source, join(disk, 'dest')]) fs.mkdirSync(dir);
  const gone = () => {
    for (const one of [mount, here]) one[Symbol.dispose]();
  };
  return { path: here.path, source, dest: join(disk, 'dest'), [Symbol.dispose]: gone };
}

function shell(cwd: string, script: string): string {
  return execFileSync('sh', ['-euc', script], { cwd, encoding: 'utf8' });
}

const aclsIn = (dir: string) => shell(dir, 'find . | LC_ALL=C sort | getfacl -P -');

const attributesIn = (dir: string, namespace: string) =>
  shell(dir, `find . | LC_ALL=C sort | getfattr -h -d -m '^${namespace}' -- $(cat)`);
