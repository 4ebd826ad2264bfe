import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { settle } from '../../src/store/s3/chain.ts';
import { createService } from '../../src/store/s3/service.ts';
import { needs } from '../peer.ts';
import { failures } from '../survive/program.ts';
import { bucket, s3Ground } from './ground.ts';
import { startSwift } from './server.ts';

// Keys that no file can have, where a service really holds them: OpenStack Swift takes any.

const good = { plain: 'a file', 'd/x': 'below', '...': 'dots', 'c:\\d': 'strange', 'e?%2F#': 'stranger' };
const odd = ['../out', 'd/../../out', 'a//b', 'a/./c', '/top', 'd/..', 'plain/under', 'half/'];

describe('keys that cannot be the names of files', { skip: needs('swift') }, () => {
  test('are named, and the others arrive', async () => {
    await using here = await s3Ground({}, startSwift);
    using service = createService(bucket, await settle(here.server.access));
    const put = (key: string, body: string) =>
      service.ask(
        { method: 'PUT', key: `tree/${key}`, body: Buffer.from(body) },
        AbortSignal.timeout(30_000),
      );
    for (const [key, body] of Object.entries(good)) await put(key, body);
    for (const key of odd) await put(key, 'odd');
    const back = join(here.path, 'in/back');
    fs.mkdirSync(join(here.path, 'in'));
    const ended = await here.runTo(3, ['transfer', `s3://${bucket}/tree`, back]);
    assert.deepEqual([...failures(ended).keys()].sort(), [
      '../',
      '/',
      'a/./',
      'a//',
      'd/..',
      'd/../',
      'half/',
      'plain/',
    ]);
    for (const [key, body] of Object.entries(good))
      assert.equal(fs.readFileSync(join(back, key), 'utf8'), body);
    const there = fs.readdirSync(join(here.path, 'in'), { recursive: true, encoding: 'utf8' });
    assert.equal(there.length, 1 + 8, there.join());
  });
});
