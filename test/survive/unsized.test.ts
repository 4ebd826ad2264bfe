import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { place } from './ground.ts';
import { failures, runTo } from './program.ts';

// /proc says 0 of the size of each file, whatever is in it, and /sys 4096.

const source = '/proc/sys/kernel/random';
const names = fs.readdirSync(source).sort();
const why = /^unsupported: cannot .*: it does not say how much it holds, as files in \/proc and the like$/;

describe('a file whose size says nothing of what is in it', { concurrency: 2, skip: needs('rsync') }, () => {
  for (const strategy of ['parallel', 'rsync'])
    test(`is named by ${strategy}, and not said to be copied`, async () => {
      using here = place();
      const dest = join(here.path, 'to');
      const words = ['transfer', '--strategy', strategy, '--exclude', 'uuid', source, dest];
      const failed = failures(await runTo(3, join(here.path, 'state'), words));
      assert.deepEqual(
        [...failed.keys()].sort(),
        names.filter((name) => name !== 'uuid'),
      );
      for (const sentence of failed.values()) assert.match(sentence, why);
      assert.deepEqual(fs.readdirSync(dest), []);
    });

  test('is named in /sys, too', async () => {
    using here = place();
    const values = '/sys/module/kernel/parameters';
    const failed = failures(
      await runTo(3, join(here.path, 'state'), ['transfer', values, join(here.path, 'to')]),
    );
    assert.deepEqual([...failed.keys()].sort(), fs.readdirSync(values).sort());
    for (const sentence of failed.values()) assert.match(sentence, why);
  });

  test('is listed like others', async () => {
    using here = place();
    await runTo(0, join(here.path, 'state'), ['ls', source]);
  });

  test('is named when it is named alone', async () => {
    using here = place();
    const words = ['transfer', join(source, 'uuid'), join(here.path, 'to')];
    const failed = failures(await runTo(3, join(here.path, 'state'), words));
    assert.match(failed.get('uuid')!, why);
  });
});
