import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { shell } from '../engine/run.ts';
import { needs } from '../peer.ts';
import { assertSame, type Ended, failures } from '../survive/program.ts';
import { MiB, solid } from '../trees.ts';
import { bucket, rclone, type S3Ground, s3Ground } from './ground.ts';
import { type Meddler, startProxy } from './proxy.ts';
import { startSwift } from './server.ts';

// A second make of server that heeds what it is told: what it says otherwise than others is understood.

const make = `
  mkdir -p deep/er empty odd; touch 'empty file'; seq 2000 >deep/er/file
  for i in $(seq 40); do echo $i >deep/$i; done
  for name in ' a b ' -rf "'" 'x+y' 'per%20cent' '*' ..x ... "new
line" 'café' '<&>' 'a\\b' '#?' '~' 'a:b;c=d'; do echo "$name" >"odd/$name"; done
  ln -s file link; ln -s ../../out 'odd/link out'; ln -s nowhere dangling
  chmod 2750 empty; chmod 4711 'empty file'; chmod 400 odd/-rf; chown 12:34 odd/...; chown -h 12:34 link
  touch -hd @7.5 dangling; touch -d @-3.25 deep/7; touch -d @99.000000001 deep odd .`;

describe('OpenStack Swift', { skip: needs('swift', 'rclone', 'rsync', 'root') }, () => {
  let here: S3Ground;
  let proxy: Meddler;
  before(async () => {
    here = await s3Ground({}, startSwift);
    proxy = await startProxy(here.server.port);
  });
  after(async () => {
    await proxy[Symbol.asyncDispose]();
    await here[Symbol.asyncDispose]();
  });

  const tree = `s3://${bucket}/a tree`;

  test('a tree goes there, across and back, and the second time nothing does', async () => {
    await shell(here.source, make);
    solid(join(here.source, 'large'), 20 * MiB + 1);
    const done = await runTo(0, ['transfer', here.source, tree]);
    assert.deepEqual(done.summary!.notices, {});
    rclone(here, 'check', '--one-way', '--download', here.source, `s:${bucket}/a tree`);
    await assertUntouched(here.source, tree);
    await runTo(0, ['transfer', tree, `s3://${bucket}/other`]);
    await runTo(0, ['verify', '--checksum', here.source, `s3://${bucket}/other`]);
    const back = join(here.path, 'back');
    await runTo(0, ['transfer', `s3://${bucket}/other`, back]);
    assertSame(here.source, back);
    await assertUntouched(`s3://${bucket}/other`, back);
  });

  test('what changed is put again, also beside an object of several parts', async () => {
    fs.chmodSync(join(here.source, 'large'), 0o600);
    fs.writeFileSync(join(here.source, 'deep/3'), 'another');
    fs.rmSync(join(here.source, 'link'));
    fs.symlinkSync('elsewhere', join(here.source, 'link'));
    const { summary } = await runTo(0, ['transfer', here.source, tree]);
    const { copied, made, repaired } = summary!.tally;
    assert.deepEqual([copied, made, repaired >= 1], [1, 1, true]);
    await runTo(0, ['verify', '--checksum', here.source, tree]);
  });

  test('a symlink that leads too far for it is named', async () => {
    const from = join(here.path, 'links');
    fs.mkdirSync(from);
    for (const length of [200, 300]) fs.symlinkSync('x'.repeat(length), join(from, `${length}`));
    const ended = await runTo(3, ['transfer', from, `s3://${bucket}/links`]);
    assert.deepEqual(
      [...failures(ended)].map(([path]) => path),
      ['300'],
    );
    assert.match(failures(ended).get('300')!, /^unsupported: .*it leads too far for this service/);
  });

  function runTo(status: number, words: readonly string[]): Promise<Ended> {
    return here.runTo(status, words, { env: { AWS_ENDPOINT_URL_S3: proxy.endpoint } });
  }

  /** By the tally, and by what the service was asked. */
  async function assertUntouched(...ends: readonly [string, string]): Promise<void> {
    const before = proxy.asked.length;
    const { summary } = await runTo(0, ['transfer', ...ends]);
    const { copied, made, repaired, linked, failed } = summary!.tally;
    assert.deepEqual([copied, made, repaired, linked, failed], [0, 0, 0, 0, 0]);
    const asked = proxy.asked.slice(before).map(({ method, url }) => `${method} ${url}`);
    const notable = asked.filter((one) => /^PUT |^HEAD .*\/deep\/\d+$/.test(one));
    assert.deepEqual(notable, [], 'nothing is written, and no object looked at');
  }
});
