import { after, before, describe } from 'node:test';
import { noMetadata } from '../../src/store/entry.ts';
import { itself } from '../../src/store/path.ts';
import { openS3Store } from '../../src/store/s3/s3-store.ts';
import { type Place, storeContract } from '../contract/store.ts';
import { needs } from '../peer.ts';
import { type S3Server, startS3, startSwift } from '../s3/server.ts';
import { signal } from './bodies.ts';

type Make = Pick<Place, 'blindTo' | 'atOnce'> & {
  readonly start: () => Promise<S3Server>;
  readonly prefixes: readonly string[];
};

const prefix = 'a b+c/é/';
const makes: Readonly<Record<string, Make>> = {
  versitygw: { start: startS3, prefixes: ['', prefix] },
  swift: { start: startSwift, prefixes: [prefix], blindTo: ['long symlinks'], atOnce: 100 },
};

for (const [peer, { start, prefixes, blindTo = [], ...more }] of Object.entries(makes)) {
  describe(`over S3, of ${peer}`, { skip: needs(peer) }, () => {
    let server: S3Server;
    before(async () => {
      server = await start();
    });
    after(() => server[Symbol.asyncDispose]());

    let buckets = 0;
    for (const prefix of prefixes)
      storeContract(prefix === '' ? 'a bucket' : 'a prefix of a bucket', () => place(prefix));

    async function place(prefix: string): Promise<Place> {
      const bucket = `bucket-${buckets++}`;
      await server.makeBucket(bucket);
      const open = () => openS3Store({ kind: 's3', bucket, prefix }, server.access);
      const store = await open();
      if (prefix !== '') await store.makeDirectory!(itself, noMetadata, signal);
      return {
        store,
        rival: open,
        ...more,
        blindTo: ['links', 'directories', 'long paths', ...blindTo],
        [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
      };
    }
  });
}
