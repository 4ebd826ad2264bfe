import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asFound } from '../../src/store/s3/access.ts';
import { openS3Store } from '../../src/store/s3/s3-store.ts';
import { openLeftovers } from '../../src/store/s3/upload/leftovers.ts';

// Locks, Journals and notes of uploads are kept by what a place is called.

const place = { kind: 's3', bucket: 'b', prefix: 'x/' } as const;
const keys = { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: undefined };

async function namesOf(region: string | undefined): Promise<readonly string[]> {
  const access = { ...asFound, keys, region };
  await using store = await openS3Store(place, access);
  using left = await openLeftovers(place, access);
  return [Buffer.from((await store.canonical!(AbortSignal.timeout(1000)))!).toString(), left.service];
}

test('a bucket of Amazon is called the same whichever region was configured', async () => {
  const expected = ['s3.amazonaws.com\0s3://b/x', 's3.amazonaws.com'];
  for (const region of [undefined, 'us-east-1', 'eu-west-1', 'ap-southeast-2'])
    assert.deepEqual(await namesOf(region), expected, region ?? 'none');
});

test('where other people may have a bucket of the same name, it is called otherwise', async () => {
  const regions = ['eu-west-1', 'cn-north-1', 'us-gov-west-1', 'us-iso-east-1', 'us-isob-east-1'];
  const names = await Promise.all(regions.map(namesOf));
  assert.equal(new Set(names.map(String)).size, regions.length);
  assert.deepEqual(await namesOf('cn-northwest-1'), names[1]);
  assert.deepEqual(await namesOf('us-gov-east-1'), names[2]);
});
