/** Services that say what a test has them say, answer by answer. */
import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { asFound, type S3Access } from '../../src/store/s3/access.ts';
import { openS3Store } from '../../src/store/s3/s3-store.ts';
import type { Store } from '../../src/store/store.ts';

const keys = { accessKeyId: 'AKID', secretAccessKey: 'hunter2', sessionToken: undefined };

export type Said = {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
};
export type Asked = http.IncomingMessage;

/** A Store in the bucket of such a service. */
export async function asking(
  say: (asked: Asked) => Said,
  work: (store: Store, asked: readonly Asked[], access: S3Access) => Promise<void>,
  { scheme = 'http', prefix = 'p/' } = {},
): Promise<void> {
  const asked: Asked[] = [];
  const server = http.createServer((request, response) => {
    asked.push(request);
    const { status = 200, headers = {}, body = '' } = say(request);
    request.resume().once('end', () => response.writeHead(status, headers).end(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const access = { ...asFound, endpoint, region: 'us-east-1', keys };
  await using store = await openS3Store({ kind: 's3', bucket: 'bucket', prefix }, access);
  try {
    await work(store, asked, access);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

export const page = (...items: string[]) => `<ListBucketResult>${items.join('')}</ListBucketResult>`;
export const object = (key: string) =>
  `<Contents><Key>${key}</Key><LastModified>2026-11-20T14:12:05.000Z</LastModified><ETag>&quot;e&quot;</ETag><Size>3</Size></Contents>`;
export const prefix = (key: string) => `<CommonPrefixes><Prefix>${key}</Prefix></CommonPrefixes>`;
