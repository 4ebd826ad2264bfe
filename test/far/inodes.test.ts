import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { mounted } from '../survive/ground.ts';
import { assertSame, failures } from '../survive/program.ts';
import { assertWhole, contentsOf } from '../survive/tree.ts';
import { far, ways } from './ground.ts';
import { ordinary } from './tree.ts';

// A destination that has room for bytes and for no more files, or the other way round, by each way that small files go.

const few = { little: 'size=64m,nr_inodes=300', enough: 'nr_inodes=9000' };
const small = { little: 'size=2m', enough: 'size=64m' };

const cases = [
  ['auto', 'to a host', few],
  ['tar', 'to a host', few],
  ['tar', 'from a host', small],
  ['tar', 'from host to host', few],
  ['rsync', 'to a host', few],
  ['rsync', 'from a host', small],
] as const;

describe('a destination that is out of', { skip: needs('sshd', 'rsync', 'root'), concurrency: 2 }, () => {
  for (const [strategy, name, { little, enough }] of cases)
    test(`${little === few.little ? 'inodes' : 'room'}, by ${strategy} ${name}: said, nothing cut short, and resumed`, async () => {
      await using here = await far();
      ordinary(here.source, { files: 1000 });
      using disk = mounted(here.dest, '-t', 'tmpfs', '-o', little, 'tmpfs');
      const ended = await here.runTo(1, ['transfer', '--strategy', strategy, ...ways[name]!(here)]);
      const why = [...failures(ended).values()];
      assert.ok(
        why.some((one) => one.startsWith('full: ')),
        why.slice(0, 3).join('\n'),
      );
      assert.equal(ended.summary!.resumeWith, `difpipe runs resume ${ended.summary!.run}`);
      assertWhole(disk.path, [contentsOf(here.source)]);
      execFileSync('mount', ['-o', `remount,${enough}`, disk.path]);
      await here.runTo(0, ['runs', 'resume']);
      assertSame(here.source, disk.path);
      assert.equal(fs.readdirSync(disk.path).length, 25);
    });
});
