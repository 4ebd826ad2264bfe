import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noMetadata } from '../../src/store/entry.ts';
import { itself } from '../../src/store/path.ts';
import { openS3Store } from '../../src/store/s3/s3-store.ts';
import type { Store } from '../../src/store/store.ts';
import { at, bodyOf, signal } from './bodies.ts';
import { type Asked, asking, page } from './forged-s3.ts';

// What is denied says which right it takes: a service says no more than that access is denied.

const because = (message: string) =>
  `<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>${message}</Message></Error>`;
const body = because('Access Denied');
const isListing = ({ url }: Asked) => url!.includes('list-type');
const how = { metadata: noMetadata, replaces: undefined, partial: Buffer.from('p'), durable: true };

const denied: Readonly<
  Record<string, readonly [(asked: Asked) => boolean, (store: Store) => Promise<unknown>]>
> = {
  's3:ListBucket': [isListing, (store) => Array.fromAsync(store.list(itself, signal))],
  's3:GetObject': [(asked) => !isListing(asked), (store) => store.stat(at('x'), signal)],
  's3:PutObject': [
    ({ method }) => method === 'PUT',
    (store) => store.write(at('x'), bodyOf(Buffer.from('x')), how, signal),
  ],
};

for (const [right, [isDenied, work]] of Object.entries(denied))
  test(`who may not do what takes ${right} is told so`, async () => {
    const say = (asked: Asked) => {
      if (!isDenied(asked)) return asked.method === 'HEAD' ? { status: 404 } : { body: page() };
      return { status: 403, body: asked.method === 'HEAD' ? '' : body };
    };
    await asking(say, (store) =>
      assert.rejects(work(store), { kind: 'denied', hint: new RegExp(`this takes ${right}$`) }),
    );
  });

test('who writes with tags and for others is told all that it may take', async () => {
  const say = ({ method }: Asked) => (method === 'PUT' ? { status: 403, body } : { status: 404 });
  await asking(say, async (_, __, access) => {
    const wishes = { tags: 'a=b', acl: 'public-read' };
    await using store = await openS3Store(
      { kind: 's3', bucket: 'bucket', prefix: 'p/' },
      { ...access, wishes },
    );
    await assert.rejects(store.write(at('x'), bodyOf(Buffer.from('x')), how, signal), {
      hint: /this takes s3:PutObject, s3:PutObjectTagging and s3:PutObjectAcl$/,
    });
  });
});

test('who may not copy an object over itself is told that it is read, too', async () => {
  const headers = { etag: '"e"', 'content-length': '0' };
  const say = ({ method }: Asked) => (method === 'PUT' ? { status: 403, body } : { headers });
  await asking(say, (store) =>
    assert.rejects(store.dress!(at('x'), { ...noMetadata, mode: 0o600 }, signal), {
      hint: /this takes s3:PutObject and s3:GetObject of what is copied$/,
    }),
  );
});

test('where the service itself says which right is missing, no other one is said', async () => {
  const told = because('User: me is not authorized to perform: kms:GenerateDataKey');
  const say = ({ method }: Asked) => (method === 'PUT' ? { status: 403, body: told } : { status: 404 });
  await asking(say, (store) =>
    assert.rejects(store.write(at('x'), bodyOf(Buffer.from('x')), how, signal), {
      message: /kms:GenerateDataKey/,
      hint: /what they may do$/,
    }),
  );
});
