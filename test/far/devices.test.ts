import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { far, ways } from './ground.ts';

const skip = needs('sshd', 'root');

for (const way of ['from a host', 'from host to host'])
  for (const strategy of ['auto', 'parallel'])
    test(`${way} by ${strategy}, a dry run says of a device what the run then does`, { skip }, async () => {
      await using here = await far();
      execFileSync('mknod', [join(here.source, 'device'), 'b', '1', '300']);
      fs.writeFileSync(join(here.source, 'file'), 'x');
      const words = ['transfer', '--strategy', strategy, ...ways[way]!(here)];
      const planned = await here.runTo(0, [...words, '--dry-run']);
      const done = await here.runTo(0, words);
      const made = fs.existsSync(join(here.dest, 'device')) ? 1 : 0;
      for (const { tally, notices } of [planned.summary!, done.summary!])
        assert.deepEqual([tally.made, notices.special ?? 0], [made, 1 - made]);
    });
