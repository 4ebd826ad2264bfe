import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { settle } from '../../src/store/s3/service/chain.ts';
import { createService } from '../../src/store/s3/service/service.ts';
import { crcs } from '../../src/store/s3/sums/crc.ts';
import { needs } from '../peer.ts';
import { signal } from '../store/bodies.ts';
import { MiB, solid } from '../trees.ts';
import { bucket, type S3Ground, s3Ground } from './ground.ts';
import { type Asked, isBegin, isPart, startProxy } from './proxy.ts';

// One bit that changes on the way, where neither TLS nor an ETag would show it.

const skip = needs('versitygw');
const tree = `s3://${bucket}/tree`;

const isRange = ({ method, url, headers }: Asked) =>
  method === 'GET' && url.includes('/tree/') && headers.range !== undefined;

const isSmall = ({ method, url }: Asked) => method === 'GET' && url.endsWith('/tree/small');

/** Reads the tree back; the first answer of each kind has one bit of another value. Answers what was asked. */
async function readBack(here: S3Ground, ...kinds: ((asked: Asked) => boolean)[]): Promise<readonly Asked[]> {
  await using proxy = await startProxy(here.server.port);
  const due = new Set(kinds);
  proxy.trick = (asked) => {
    const kind = [...due].find((is) => is(asked));
    return kind && due.delete(kind) ? 'flips what comes' : undefined;
  };
  const back = join(here.path, 'back');
  await here.runTo(0, ['transfer', tree, back], { env: { AWS_ENDPOINT_URL_S3: proxy.endpoint } });
  assert.equal(due.size, 0);
  for (const name of fs.readdirSync(here.source))
    assert.ok(fs.readFileSync(join(here.source, name)).equals(fs.readFileSync(join(back, name))), name);
  return proxy.asked;
}

async function put(here: S3Ground, name: string, bytes: Buffer, sum: keyof typeof crcs): Promise<void> {
  using service = createService(bucket, await settle(here.server.access));
  const running = crcs[sum].start();
  running.add(bytes);
  const told = Buffer.from(
    running
      .value()
      .toString(16)
      .padStart(crcs[sum].bytes * 2, '0'),
    'hex',
  );
  const mtime = fs.statSync(join(here.source, name), { bigint: true }).mtimeNs;
  const headers = {
    [`x-amz-checksum-${sum}`]: told.toString('base64'),
    'x-amz-meta-mtime': `${mtime / 1_000_000_000n}.${String(mtime % 1_000_000_000n).padStart(9, '0')}`,
    'x-amz-meta-mode': '100644',
  };
  await service.ask({ method: 'PUT', key: `tree/${name}`, headers, body: bytes }, signal);
}

describe('a bit that flips on the way from S3', { skip }, () => {
  test('in a range of a large file is noticed before it is done', async () => {
    await using here = await s3Ground();
    solid(join(here.source, 'large'), 70 * MiB);
    await here.runTo(0, ['transfer', here.source, tree]);
    const asked = await readBack(here, isRange);
    const ranges = asked.filter(isRange).map(({ headers }) => headers.range);
    assert.equal(ranges.length, 2 * new Set(ranges).size, 'all of it came again');
  });

  for (const sum of ['crc64nvme', 'crc32c'] as const) {
    test(`in an object with a ${sum} of others is noticed, in a range and whole`, async () => {
      await using here = await s3Ground();
      for (const [name, bytes] of [
        ['large', 65 * MiB],
        ['small', 5000],
      ] as const) {
        solid(join(here.source, name), bytes);
        await put(here, name, fs.readFileSync(join(here.source, name)), sum);
      }
      const asked = await readBack(here, isRange, isSmall);
      assert.equal(asked.filter(isSmall).length, 2);
    });
  }
});

describe('an upload to a service that does not add up parts by CRC32', { skip }, () => {
  for (const [refused, header, bytes] of [
    [['CRC32'], 'x-amz-checksum-crc64nvme', 70 * MiB],
    [['CRC32', 'CRC64NVME'], 'content-md5', 17 * MiB],
  ] as const) {
    test(`has the ${header} of each part where ${refused.join(' and ')} is refused`, async () => {
      await using here = await s3Ground();
      await using proxy = await startProxy(here.server.port);
      const due = new Set<string>(refused);
      let parts = 0;
      proxy.trick = (asked) => {
        const sum = String(asked.headers['x-amz-checksum-algorithm']);
        if (isBegin(asked) && due.delete(sum)) return { says: 501, code: 'NotImplemented' };
        const isLost = bytes > 64 * MiB && isPart(asked) && ++parts === 2;
        return isLost ? 'breaks' : undefined; // and what arrived is asked of the service
      };
      solid(join(here.source, 'large'), bytes);
      const env = { AWS_ENDPOINT_URL_S3: proxy.endpoint };
      await here.runTo(0, ['transfer', here.source, tree], { env });
      assert.equal(due.size, 0);
      assert.equal(proxy.asked.filter(isBegin).length, refused.length + 1);
      for (const { headers } of proxy.asked.filter(isPart)) assert.ok(headers[header], header);
      const made = join(here.server.path, bucket, 'tree/large');
      assert.ok(fs.readFileSync(made).equals(fs.readFileSync(join(here.source, 'large'))));
    });
  }
});
