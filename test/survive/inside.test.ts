import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { mounted, place } from './ground.ts';
import { failures, runTo } from './program.ts';

describe('a destination that a bind mount hides in the source', { skip: needs('root', 'rsync') }, () => {
  for (const strategy of ['parallel', 'rsync'])
    test(`is named by ${strategy}, and not copied into itself`, async () => {
      using here = place();
      const source = join(here.path, 'source');
      fs.mkdirSync(join(source, 'sub/deep'), { recursive: true });
      for (const file of ['a', 'sub/b', 'sub/deep/c']) fs.writeFileSync(join(source, file), file);
      using dest = mounted(join(here.path, 'dest'), '--bind', join(source, 'sub'));
      const words = ['transfer', '--strategy', strategy, source, dest.path];
      const ended = await runTo(3, join(here.path, 'state'), words);
      const why = 'refused: it is the destination itself: it would be copied into itself';
      assert.deepEqual([...failures(ended)], [['sub', why]]);
      assert.deepEqual(fs.readdirSync(dest.path).sort(), ['a', 'b', 'deep']);
    });
});
