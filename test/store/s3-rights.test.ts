import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noMetadata } from '../../src/store/entry.ts';
import { itself } from '../../src/store/path.ts';
import type { Store } from '../../src/store/store.ts';
import { at, bodyOf, signal } from './bodies.ts';
import { type Asked, asking, page } from './forged-s3.ts';

// What is denied says which right it takes: a service says no more than that access is denied.

const body = '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>';
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
