import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { noMetadata } from '../../src/store/entry.ts';
import { asFound } from '../../src/store/s3/access.ts';
import { openS3Store } from '../../src/store/s3/s3-store.ts';
import { at, signal } from './bodies.ts';

const keys = { accessKeyId: 'AKID', secretAccessKey: 'hunter2', sessionToken: undefined };
const bytes = Buffer.alloc(1024 * 1024, 'x');
const [all, few, most] = [40, 4, 16];

function objectAt(name: string) {
  const path = at(name);
  return {
    ...noMetadata,
    kind: 'file',
    path,
    print: 'e',
    size: bytes.length,
    allocated: undefined,
    linked: undefined,
    isBrief: true,
  } as const;
}

test('objects of a MiB are not all asked for at once, and all of them come', async () => {
  const held: http.ServerResponse[] = [];
  let isOpen = false;
  const enough = Promise.withResolvers<void>();
  const answer = (response: http.ServerResponse) => response.writeHead(200, { etag: '"e"' }).end(bytes);
  const server = http.createServer((request, response) => {
    if (request.method !== 'GET') return void response.writeHead(200, { etag: '"e"' }).end();
    if (isOpen) return void answer(response);
    held.push(response);
    if (held.length === few) enough.resolve();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const access = { ...asFound, endpoint, region: 'us-east-1', keys };
  await using store = await openS3Store({ kind: 's3', bucket: 'bucket', prefix: 'p/' }, access);
  try {
    const taking = Array.from({ length: all }, (_, number) => store.take!(objectAt(`o${number}`), signal));
    await enough.promise;
    await store.stat(at('asked-after-them'), signal);
    assert.ok(held.length <= most, `${held.length} were asked for`);
    isOpen = true;
    held.forEach(answer);
    for (const { bytes: came } of await Promise.all(taking)) assert.equal(came.length, bytes.length);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
