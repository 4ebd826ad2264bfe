import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { place } from './ground.ts';
import { assertSame, runTo } from './program.ts';

// A limit of open files, as `ulimit -n` sets it.

const files = 300;

const limited = (limit: number) => ['sh', '-c', `ulimit -n ${limit}; exec "$@"`, 'sh'];

describe('few files may be open', { concurrency: 2 }, () => {
  test('with 64, fewer lanes do what many were asked to do', async () => {
    using here = place();
    const [source, dest] = [join(here.path, 'source'), join(here.path, 'dest')];
    for (let i = 0; i < files; i++) {
      fs.mkdirSync(join(source, `d${i % 60}`, 'd'), { recursive: true });
      fs.writeFileSync(join(source, `d${i % 60}`, 'd', `f${i}`), `${i}`.repeat(500));
    }
    await runTo(0, join(here.path, 'state'), ['transfer', '--streams', '16', source, dest], {
      under: limited(64),
    });
    assertSame(source, dest);
  });

  test('with 32, it is said what to raise, and nothing is begun', async () => {
    using here = place();
    const dest = join(here.path, 'dest');
    const words = ['transfer', import.meta.dirname, dest];
    const { stderr } = await runTo(2, join(here.path, 'state'), words, { under: limited(32) });
    assert.equal(
      stderr,
      'difpipe: cannot work with 32 open files at most: raise the limit: ulimit -n 1024, or at least 64\n',
    );
    assert.ok(!fs.existsSync(dest));
  });
});
