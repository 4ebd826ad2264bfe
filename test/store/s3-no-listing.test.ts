import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { itself } from '../../src/store/path.ts';
import { openLeftovers } from '../../src/store/s3/upload/leftovers.ts';
import { at, signal } from './bodies.ts';
import { asking, object, page, type Said } from './forged-s3.ts';

// A 200 that is no listing: who took it for one would leave out what is there, and say that all is done.

const html = '<!doctype html><html><head><title>Sign in</title></head><body>Welcome</body></html>';
const foreign = { kind: 'unsupported', message: /: what answers there does not speak S3$/ } as const;

const answers: Readonly<Record<string, readonly [string, object]>> = {
  'a web page': [html, foreign],
  'nothing at all': ['', foreign],
  'another answer in XML': ['<ListAllMyBucketsResult></ListAllMyBucketsResult>', foreign],
  'an error': [
    '<?xml version="1.0"?><Error><Code>InternalError</Code><Message>We are sorry.</Message></Error>',
    { kind: 'transient', message: /: We are sorry \(InternalError\)$/ },
  ],
  'a listing without its end': [
    page(object('p/a'), object('p/b')).slice(0, -1),
    { kind: 'transient', message: /: its answer was cut off$/ },
  ],
};

describe('what is no listing', () => {
  for (const [what, [body, error]] of Object.entries(answers)) {
    const say = (): Said => ({ body });
    test(`${what} is not taken for what is in a bucket`, async () => {
      await asking(say, (store) => assert.rejects(Array.fromAsync(store.list(itself, signal)), error));
    });

    test(`${what} is not taken for what has a name`, async () => {
      const missing = (method: string | undefined): Said => (method === 'HEAD' ? { status: 404 } : { body });
      await asking(
        ({ method }) => missing(method),
        (store) => assert.rejects(store.stat(at('x'), signal), error),
      );
      await asking(say, (store) => assert.rejects(store.stat(itself, signal), error), { prefix: 'p' });
    });

    if (body.includes('<ListBucketResult')) continue;
    test(`${what} is not taken for having no uploads`, async () => {
      await asking(say, async (_store, _asked, access) => {
        using left = await openLeftovers({ kind: 's3', bucket: 'bucket', prefix: '' }, access);
        await assert.rejects(left.ofKey('x', signal), error);
      });
    });
  }

  test('who may not list a bucket gets the object that he names all the same', async () => {
    await asking(
      ({ method }) =>
        method === 'HEAD' ? { headers: { etag: '"e"', 'content-length': '0' } } : { status: 403 },
      async (store) => assert.equal((await store.stat(itself, signal))?.kind, 'file'),
      { prefix: 'p' },
    );
  });
});
