import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
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

  test('with 64, fewer rsyncs do what many were asked to do', { skip: needs('rsync') }, async () => {
    using here = place();
    const source = join(here.path, 'source');
    fs.mkdirSync(source);
    for (let i = 0; i < 60; i++) {
      fs.writeFileSync(join(source, `f${i}`), '');
      fs.truncateSync(join(source, `f${i}`), 64 * 1024 * 1024); // an rsync for each
    }
    const words = ['transfer', '--strategy', 'rsync', '--streams', '64', '--dry-run'];
    await runTo(0, join(here.path, 'state'), [...words, source, join(here.path, 'dest')], {
      under: limited(64),
    });
  });

  test('with 32, it is said what to raise, and nothing is begun', async () => {
    using here = place();
    const dest = join(here.path, 'dest');
    const words = ['transfer', import.meta.dirname, dest];
    const { stderr } = await runTo(2, join(here.path, 'state'), words, { under: limited(32) });
    assert.equal(
      stderr,
      'difpipe: cannot work with 32 open files at most: raise the limit of open files: ulimit -n 4096, or at least 64\n',
    );
    assert.ok(!fs.existsSync(dest));
  });
});
