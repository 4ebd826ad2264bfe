import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { assertSame } from '../survive/program.ts';
import { bucket, type S3Ground, s3Ground } from './ground.ts';
import { type Asked, startProxy } from './proxy.ts';
import { keys, startS3 } from './server.ts';

// Two services, and one file that knows how to get into both; the environment knows neither.

const skip = needs('versitygw', 'rsync');
const nobody = {
  AWS_ACCESS_KEY_ID: '',
  AWS_SECRET_ACCESS_KEY: '',
  AWS_ENDPOINT_URL_S3: '',
  AWS_EC2_METADATA_DISABLED: 'true',
};

const { accessKeyId, secretAccessKey } = keys;

function write(here: S3Ground, places: object, mode = 0o600): string {
  const path = join(here.path, 'config.json');
  fs.writeFileSync(path, JSON.stringify({ places }));
  fs.chmodSync(path, mode);
  return path;
}

describe('a file of settings', { skip }, () => {
  test('says for each place where it is and who asks, and the longest name wins', async () => {
    await using here = await s3Ground(nobody);
    await using other = await startS3();
    await other.makeBucket('other');
    fs.writeFileSync(join(here.source, 'file'), 'one');
    const lets = (s3Endpoint: string) => ({ s3Endpoint, accessKeyId, secretAccessKey });
    const config = write(here, {
      [`s3://${bucket}`]: lets('http://127.0.0.1:1'),
      [`s3://${bucket}/tree/`]: { ...lets(here.server.endpoint), s3Tags: 'a=b' },
      's3://other/': lets(other.endpoint),
    });
    await here.runTo(0, ['transfer', '--config', config, here.source, `s3://${bucket}/tree`]);
    const env = { DIFPIPE_CONFIG: config };
    await here.runTo(0, ['transfer', `s3://${bucket}/tree`, 's3://other/x'], { env });
    assert.equal(fs.readFileSync(join(other.path, 'other/x/file'), 'utf8'), 'one');
    const back = join(here.path, 'back');
    await here.runTo(0, ['transfer', 's3://other/x', back], { env });
    assertSame(here.source, back);
    const { HOME } = here.env;
    fs.mkdirSync(join(HOME!, '.config/difpipe'), { recursive: true });
    fs.copyFileSync(config, join(HOME!, '.config/difpipe/config.json'));
    await here.runTo(0, ['verify', 's3://other/x', back], { env: { XDG_CONFIG_HOME: '' } });
  });

  test('says what becomes of what is written, which a run remembers when the file is not named again', async () => {
    await using here = await s3Ground();
    await using proxy = await startProxy(here.server.port);
    for (const name of ['a', 'b']) fs.writeFileSync(join(here.source, name), name);
    const env = { AWS_ENDPOINT_URL_S3: proxy.endpoint };
    const isB = ({ method, url }: Asked) => method === 'PUT' && url.endsWith('/b');
    proxy.trick = (asked) => (isB(asked) ? { says: 403, code: 'AccessDenied' } : undefined);
    const config = write(here, { [`s3://${bucket}/`]: { s3Tags: 'a=b', s3StorageClass: 'STANDARD' } });
    const words = ['transfer', '--config', config, here.source, `s3://${bucket}/tree`];
    const { said } = await here.runTo(3, words, { env });
    proxy.trick = () => undefined;
    await here.runTo(0, ['runs', 'retry', String(said.find(({ type }) => type === 'started')!.run)], { env });
    const puts = proxy.asked.filter(isB).map(({ headers }) => headers);
    const sent = puts.map((one) => [one['x-amz-tagging'], one['x-amz-storage-class']]);
    assert.deepEqual([...new Set(sent.map(String))], ['a=b,STANDARD']);
  });

  test('that others may read, or that is wrong, is refused without its secrets', async () => {
    await using here = await s3Ground(nobody);
    const words = ['ls', `s3://${bucket}`];
    const open = write(here, { [`s3://${bucket}`]: { accessKeyId, secretAccessKey } }, 0o644);
    const refused = await here.runTo(5, [...words, '--config', open]);
    assert.match(refused.stderr, /others may read the keys .*chmod 600/);
    for (const [section, at] of [
      [{ secretAccessKey, s3Endpiont: 'x' }, /at places: s3:\/\/bucket: s3Endpiont/],
      [{ secretAccessKey, s3Region: 1 }, /at places: s3:\/\/bucket: s3Region/],
      [{ secretAccessKey }, /one half of a key/],
      [{ s3Sse: 'rot13' }, /--s3-sse cannot be 'rot13'/],
    ] as const) {
      const wrong = write(here, { [`s3://${bucket}`]: section });
      const { stderr } = await here.runTo(2, [...words, '--config', wrong]);
      assert.match(stderr, at);
      assert.equal(stderr.includes(secretAccessKey), false);
    }
    await here.runTo(2, [...words, '--config', join(here.path, 'none')]);
    const broken = join(here.path, 'broken');
    fs.writeFileSync(broken, `{"secretAccessKey": "${secretAccessKey}"`);
    const { stderr } = await here.runTo(2, ['ls', here.source, '--config', broken]);
    assert.match(stderr, /is no JSON/);
    assert.equal(stderr.includes(secretAccessKey), false);
  });
});
