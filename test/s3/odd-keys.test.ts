import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { settle } from '../../src/store/s3/service/chain.ts';
import { createService } from '../../src/store/s3/service/service.ts';
import { errorOf } from '../far/ground.ts';
import { needs } from '../peer.ts';
import { failures } from '../survive/program.ts';
import { bucket, type S3Ground, s3Ground } from './ground.ts';
import { startSwift } from './server.ts';

// Keys that no file can have, where a service really holds them: OpenStack Swift takes any.

const good = { plain: 'a file', 'd/x': 'below', '...': 'dots', 'c:\\d': 'strange', 'e?%2F#': 'stranger' };
const odd = ['../out', 'd/../../out', 'a//b', 'a/./c', '/top', 'd/..', 'plain/under', 'half/'];

async function put({ server }: S3Ground, keys: Readonly<Record<string, string>>): Promise<void> {
  using service = createService(bucket, await settle(server.access));
  for (const [key, body] of Object.entries(keys))
    await service.ask(
      { method: 'PUT', key: `tree/${key}`, body: Buffer.from(body) },
      AbortSignal.timeout(30_000),
    );
}

describe('keys that cannot be the names of files', { skip: needs('swift') }, () => {
  test('are named, and the others arrive', async () => {
    await using here = await s3Ground({}, startSwift);
    await put(here, good);
    await put(here, Object.fromEntries(odd.map((key) => [key, 'odd'])));
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

  test('are no longer than 1,024 bytes; one of that length goes there and back', async () => {
    await using here = await s3Ground({}, startSwift);
    const dir = join(here.source, ...Array(5).fill('d'.repeat(199)));
    const [fits, not] = [1024, 1025].map((bytes) => 'f'.repeat(bytes - 'tree/'.length - 5 * 200)) as [
      string,
      string,
    ];
    fs.mkdirSync(join(dir, fits.replace(/^f/, 'dir')), { recursive: true });
    for (const name of [fits, not]) fs.writeFileSync(join(dir, name), name);
    fs.writeFileSync(Buffer.concat([Buffer.from(join(here.source, 'x')), Buffer.of(0xff)]), 'x');
    const to = `s3://${bucket}/tree`;
    for (const [copied, more] of [
      [1, ['--dry-run']],
      [1, []],
      [0, []],
    ] as const) {
      const ended = await here.runTo(3, ['transfer', ...more, here.source, to]);
      assert.equal(ended.summary!.tally.copied, copied);
      assert.equal(failures(ended).size, 3, 'those that are longer, and one that is no UTF-8');
    }
    const [back, alone] = [join(here.path, 'back'), join(here.path, 'alone')];
    await here.runTo(0, ['transfer', to, back]);
    const path = join(dir, fits).slice(here.source.length);
    await here.runTo(0, ['transfer', `${to}${path}`, alone]);
    for (const one of [join(back, path), alone]) assert.equal(fs.readFileSync(one, 'utf8'), fits);
  });

  test('are not taken for the object alone where a directory has its name too, nor for the directory', async () => {
    await using here = await s3Ground({}, startSwift);
    await put(here, { both: 'object', 'both/x': '', 'both/y': '', other: '' });
    const [both, out] = [`s3://${bucket}/tree/both`, join(here.path, 'out')];
    for (const words of [
      ['ls', both],
      ['transfer', both, out],
      ['transfer', here.source, both],
      ['verify', here.source, both],
    ]) {
      const { message, kind, hint } = errorOf(await here.runTo(2, words));
      assert.deepEqual([kind, message], ['usage', `${both} is both an object and a directory`]);
      assert.match(hint, /^write s3:\/\/bucket\/tree\/both\/ for the directory/);
    }
    assert.equal(fs.existsSync(out), false);
    await here.runTo(0, ['transfer', `${both}/`, out]);
    assert.deepEqual(fs.readdirSync(out).sort(), ['x', 'y']);
    const only = ['--exclude', '/both/', '--include', '/both', '--exclude', '*'];
    await here.runTo(0, ['transfer', ...only, `s3://${bucket}/tree/`, join(here.path, 'object')]);
    assert.deepEqual(fs.readdirSync(join(here.path, 'object')), ['both']);
  });
});
