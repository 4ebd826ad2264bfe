import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRight } from '../../src/store/s3/sums/right.ts';

const etag = '"d41d8cd98f00b204e9800998ecf8427e"'; // of nothing
const bytes = Buffer.from('something');

test('an ETag counts as an MD5, but not of what a service encrypts by a key of somebody, whatever it calls that', () => {
  assert.equal(isRight({ etag }, bytes), false);
  assert.equal(isRight({ etag, 'x-amz-server-side-encryption': 'AES256' }, bytes), false);
  for (const [name, value] of Object.entries({
    'x-amz-server-side-encryption': 'aws:kms:dsse',
    'x-amz-server-side-encryption-customer-algorithm': 'AES256',
    'x-oss-server-side-encryption': 'KMS',
    'x-obs-server-side-encryption': 'kms',
    'x-goog-encryption-kms-key-name': 'projects/a/key',
    'ibm-sse-kp-enabled': 'true',
  }))
    assert.equal(isRight({ etag, [name]: value }, bytes), true, name);
});
