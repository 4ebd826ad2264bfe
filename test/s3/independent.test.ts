import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs, s3cmd } from '../peer.ts';
import { MiB, solid } from '../trees.ts';
import { bucket, type S3Ground, s3Ground } from './ground.ts';
import { strict } from './server.ts';

// A client that shares no line with any other here reads what was written, and writes what is read.

for (const [peer, serve] of Object.entries(strict))
  describe(`s3cmd, at ${peer},`, { skip: needs(peer, 's3cmd') }, () => {
    test('gets what was sent, and what it puts is fetched', async () => {
      await using here = await s3Ground({}, serve);
      const { source, path } = here;
      fs.mkdirSync(join(source, 'a b/c+d'), { recursive: true });
      for (const name of ['plain', 'a b/é', 'a b/c+d/100%', "a b/c+d/<&>'", 'a b/~#?'])
        fs.writeFileSync(join(source, name), `of ${name}`);
      fs.writeFileSync(join(source, 'empty'), '');
      solid(join(source, 'large'), 17 * MiB);
      const [got, back] = [join(path, 'got'), join(path, 'back')];
      await here.runTo(0, ['transfer', source, `s3://${bucket}/tree`]);
      ask(here, 'sync', `s3://${bucket}/tree/`, `${got}/`);
      assertAlike(source, got);
      ask(here, 'sync', '--multipart-chunk-size-mb=5', `${source}/`, `s3://${bucket}/his/`);
      await here.runTo(0, ['transfer', '--verify', `s3://${bucket}/his`, back]);
      assertAlike(source, back);
    });
  });

function ask({ server, path, env }: S3Ground, ...words: readonly string[]): string {
  const { accessKeyId, secretAccessKey } = server.access.keys;
  const at = `127.0.0.1:${server.port}`;
  const settings = [
    `access_key = ${accessKeyId}`,
    `secret_key = ${secretAccessKey}`,
    `host_base = ${at}`,
    `host_bucket = ${at}`,
    'use_https = False',
  ];
  const config = join(path, 's3cmd');
  fs.writeFileSync(config, `[default]\n${settings.join('\n')}\n`);
  const program = join(s3cmd()!, 'bin/s3cmd');
  return execFileSync('/usr/bin/python3', [program, '--quiet', `--config=${config}`, ...words], {
    env: { HOME: env.HOME, PYTHONPATH: s3cmd()!, LC_ALL: 'C.UTF-8' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The same names with the same bytes. */
function assertAlike(a: string, b: string): void {
  assert.equal(execFileSync('diff', ['-r', a, b], { encoding: 'utf8' }), '');
}
