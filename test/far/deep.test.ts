import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { run, shell, workspace } from '../engine/run.ts';
import { needs } from '../peer.ts';
import { startSshd } from '../ssh/sshd.ts';
import { homeOf, urlOf } from './ground.ts';

// Trees behind SSH whose paths no call takes: what no path reaches is named at its top, all above it arrives.

const skip = needs('sshd', 'perl');
const sshd = skip ? undefined : await startSshd();
after(() => sshd?.[Symbol.asyncDispose]());

const make = (levels: number) => `perl -e '
  for my $n (1 .. ${levels}) {
    open(my $f, ">", "file") or die; print $f "at $n"; close $f;
    my $name = "level-$n-" . ("x" x 10); mkdir $name or die; chdir $name or die;
  }'`;

/** What is in it as far as every path is short enough. */
function upper(root: string, levels = 170): Promise<string> {
  return shell(root, `find . -maxdepth ${levels} -printf "%p %y %s\\n" | sort`);
}

describe('3,000 levels', { skip, concurrency: 2 }, () => {
  for (const way of ['to', 'from', 'from one to another on'])
    test(`go ${way} a host as far as a path reaches, and what is below is named`, async () => {
      const at = workspace();
      const [source, dest] = [join(at, 'from'), join(at, 'to')];
      fs.mkdirSync(source);
      await shell(source, make(3000));
      const ends = [way === 'to' ? source : urlOf(sshd!, source), way === 'from' ? dest : urlOf(sshd!, dest)];
      const { status, failed } = await run(join(at, 'state'), ['transfer', ...ends], { env: homeOf(sshd!) });
      assert.equal(status, 3);
      assert.ok(failed.length > 0 && failed.length < 20, `${failed.length}`);
      for (const { path, kind } of failed) {
        assert.equal(kind, 'unsupported', path.slice(-40));
        assert.ok(path.length > 3800, `${path.length}`);
      }
      assert.equal(await upper(dest), await upper(source));
    });
});

describe('200 levels by rsync', { skip: skip || needs('rsync'), concurrency: 3 }, () => {
  for (const way of ['here', 'to a host', 'from a host'])
    test(`go ${way} as far as it takes a path, and what is below is named and not counted`, async () => {
      const at = workspace();
      const [source, dest] = [join(at, 'from'), join(at, 'to')];
      fs.mkdirSync(source);
      await shell(source, make(200));
      const ends = [
        way === 'from a host' ? urlOf(sshd!, source) : source,
        way === 'to a host' ? urlOf(sshd!, dest) : dest,
      ];
      const words = ['transfer', '--strategy', 'rsync', ...ends];
      const { status, failed, summary } = await run(join(at, 'state'), words, { env: homeOf(sshd!) });
      assert.equal(status, 3);
      assert.deepEqual([...new Set(failed.map(({ kind }) => kind))], ['unsupported']);
      assert.ok(failed.length <= 2 && failed.every(({ path }) => path.length > 2300), `${failed.length}`);
      assert.equal(summary?.tally.skipped, 0);
      assert.equal(await upper(dest, 110), await upper(source, 110));
    });
});
