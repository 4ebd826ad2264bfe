import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isAkin } from '../../src/store/s3/service/address.ts';
import { at, signal } from './bodies.ts';
import { type Asked, asking, type Said } from './forged-s3.ts';

describe('a service that redirects', () => {
  test('elsewhere gets no signature sent there', async () => {
    const say = (): Said => ({ status: 307, headers: { location: 'http://attacker.example/bucket/p/x' } });
    await asking(say, async (store, asked) => {
      await assert.rejects(store.stat(at('x'), signal));
      assert.deepEqual(
        asked.map(({ method }) => method),
        ['HEAD', 'GET'], // the second one for the reason
      );
    });
  });

  test('to a number that ends like its own gets none, and nobody is asked there', async () => {
    const say = ({ headers }: Asked): Said => {
      const [, port] = headers.host!.split(':');
      return { status: 307, headers: { location: `http://127.9.0.1:${port}/bucket/p/x` } };
    };
    await asking(say, async (store) => {
      await assert.rejects(store.stat(at('x'), signal), /HTTP 307/);
    });
  });

  test('within its domain is followed, and not to what only ends like it', () => {
    const followed = [
      ['s3.eu-west-1.amazonaws.com', 's3.us-west-2.amazonaws.com'],
      ['s3.cn-north-1.amazonaws.com.cn', 's3.cn-northwest-1.amazonaws.com.cn'],
      ['s3.example:9000', 'node.s3.example:9000'],
      ['s3.example', 's3.example'],
    ] as const;
    for (const [from, to] of followed) assert.ok(isAkin(from, to), to);
    const refused = [
      ['s3.eu-west-1.amazonaws.com', 'evilamazonaws.com'],
      ['s3.cn-north-1.amazonaws.com.cn', 's3.attacker.com.cn'],
      ['s3.company.co.uk', 's3.attacker.co.uk'],
      ['10.0.0.5:9000', '10.9.0.5:9000'],
      ['[::1]:9000', 'x.[::1]:9000'],
      ['s3.example:9000', 's3.example'],
    ] as const;
    for (const [from, to] of refused) assert.ok(!isAkin(from, to), to);
  });
});
