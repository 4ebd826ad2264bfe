import { after, before, describe } from 'node:test';
import { itself } from '../../src/store/path.ts';
import { openS3Store } from '../../src/store/s3/s3-store.ts';
import { noMetadata } from '../../src/store/store.ts';
import { type Place, storeContract } from '../contract/store.ts';
import { needs } from '../peer.ts';
import { type S3Server, startS3 } from '../s3/server.ts';
import { signal } from './bodies.ts';

describe('over S3', { skip: needs('versitygw') }, () => {
  let server: S3Server;
  before(async () => {
    server = await startS3();
  });
  after(() => server[Symbol.asyncDispose]());

  let buckets = 0;
  const newBucket = () => {
    const bucket = `bucket-${buckets++}`;
    server.makeBucket(bucket);
    return bucket;
  };

  storeContract('a bucket', () => place(newBucket(), ''));
  storeContract('a prefix of a bucket', () => place(newBucket(), 'a b+c/é/'));

  async function place(bucket: string, prefix: string): Promise<Place> {
    const open = () => openS3Store({ kind: 's3', bucket, prefix }, server.access);
    const store = await open();
    if (prefix !== '') await store.makeDirectory!(itself, noMetadata, signal);
    return {
      store,
      rival: open,
      blindTo: ['links', 'directories', 'long paths'],
      [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    };
  }
});
