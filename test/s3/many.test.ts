import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { bucket, s3Ground } from './ground.ts';
import { startProxy } from './proxy.ts';

// A directory of thousands of names, asked of a real service in stretches.

const words = ['img', 'img-', 'a b', 'é', '写真', '\uE000', '\u{1F600}', '+%', "'", '0', '-'];

describe('a prefix of many keys', { skip: needs('versitygw') }, () => {
  test('is listed in stretches at once, with each name once', async () => {
    await using here = await s3Ground();
    await using proxy = await startProxy(here.server.port);
    const top = join(here.server.path, bucket, 'p');
    fs.mkdirSync(top, { recursive: true });
    const names = Array.from({ length: 7000 }, (_, at) => `${at % 700} ${words[at % words.length]}${at}`);
    for (const name of [...names, ...words]) fs.writeFileSync(join(top, name), 'x');
    const directories = ['3', '3-', '31', '写'];
    for (const name of directories) {
      fs.mkdirSync(join(top, name));
      fs.writeFileSync(join(top, name, 'x'), 'x');
    }
    const env = { AWS_ENDPOINT_URL_S3: proxy.endpoint };
    const { said } = await here.runTo(0, ['ls', `s3://${bucket}/p/`], { env });
    const listed = said.map(({ path }) => path).sort();
    assert.deepEqual(listed, [...names, ...words, ...directories].sort());
    const cuts = proxy.asked.filter(({ url }) => url.includes('start-after='));
    assert.ok(cuts.length > 3, 'it was cut');
  });

  test('is copied many objects at a time by one lane while the others have nothing to do', async () => {
    await using here = await s3Ground();
    await using proxy = await startProxy(here.server.port);
    proxy.waitMs = 25;
    for (let at = 0; at < 60; at++) fs.writeFileSync(join(here.source, `f${at}`), `${at}`);
    const env = { AWS_ENDPOINT_URL_S3: proxy.endpoint };
    const [one, other] = [`s3://${bucket}/one/`, `s3://${bucket}/other/`];
    const ways = [
      [here.source, one],
      [one, join(here.path, 'back')],
      [one, other],
    ];
    for (const way of ways) {
      const before = proxy.atOnce.length;
      await here.runTo(0, ['transfer', ...way], { env });
      assert.ok(Math.max(...proxy.atOnce.slice(before)) > 20, way.join(' to '));
    }
    const before = proxy.atOnce.length;
    await here.runTo(0, ['transfer', '--streams', '1', one, join(here.path, 'few')], { env });
    assert.equal(Math.max(...proxy.atOnce.slice(before)), 8);
  });
});
