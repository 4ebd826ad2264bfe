import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { SignatureV4 } from '@smithy/signature-v4';
import { createSigner, encode, sha256 } from '../../src/store/s3/service/sign.ts';

// The judge is the SDK's own signer.

class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string);
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    throw new Error('nobody asks for it');
  }
}

const keys = { accessKeyId: 'AKID', secretAccessKey: 'a/secret+', sessionToken: undefined };
const at = new Date('2026-11-20T14:12:05.678Z');

const requests = {
  'a bucket': { path: '/', query: { 'list-type': '2', prefix: 'a b/+é&=', delimiter: '/' } },
  'an odd name': { path: `/${encode("a b/(x)+é'*!~&%/", '/')}`, query: {} },
  'an upload': { path: '/k', query: { uploads: '' } },
  'a part': { path: '/k', query: { partNumber: '10', uploadId: 'a/b+c==' } },
} as const;

for (const [name, { path, query }] of Object.entries(requests)) {
  for (const sessionToken of [undefined, 'a token']) {
    test(`the SDK signs ${name} the same${sessionToken ? ' with a token' : ''}`, async () => {
      const credentials = { ...keys, sessionToken };
      const headers = {
        host: 'b.s3.eu-west-1.amazonaws.com',
        'x-amz-meta-x': ' two  words ',
        'if-match': '"e"',
      };
      const payload = sha256('body');
      const ours = createSigner('eu-west-1')(
        { method: 'PUT', path, query, headers, payload },
        credentials,
        at,
      );
      const given = { accessKeyId: keys.accessKeyId, secretAccessKey: keys.secretAccessKey };
      const theirs = new SignatureV4({
        credentials: sessionToken ? { ...given, sessionToken } : given,
        region: 'eu-west-1',
        service: 's3',
        sha256: Sha256,
        uriEscapePath: false,
      });
      const request = {
        method: 'PUT',
        protocol: 'https:',
        hostname: headers.host,
        path,
        query: { ...query },
        headers: { ...headers, 'x-amz-content-sha256': payload },
      };
      const signed = await theirs.sign(request, { signingDate: at });
      assert.equal(ours.authorization, signed.headers.authorization);
    });
  }
}
