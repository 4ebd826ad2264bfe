// A bucket in memory for the transfers that warm the program up: as much of S3 as those ask for, and no more. Says on
// which loopback port it is, and ends with its standard input.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

type Kept = { readonly body: Buffer; readonly headers: Readonly<Record<string, string>> };
type Said = { readonly status: number; readonly headers?: http.OutgoingHttpHeaders; readonly body?: Buffer };

const objects = new Map<string, Kept>();
const isKept = /^(content-type$|x-amz-meta-|x-amz-checksum-crc32$)/;
const made = new Date(Date.now() - 10_000);

const server = http.createServer(async (request, response) => {
  const url = new URL(request.url!, 'http://bucket');
  const [, , key = ''] = /^\/([^/]+)\/?(.*)$/s.exec(decodeURIComponent(url.pathname)) ?? [];
  const body = await buffer(request);
  const { status, headers = {}, body: answer = Buffer.alloc(0) } = said(request, key, url.searchParams, body);
  response.writeHead(status, { 'content-length': answer.length, ...headers });
  response.end(request.method === 'HEAD' ? undefined : answer);
});

function said(
  { method, headers }: http.IncomingMessage,
  key: string,
  query: URLSearchParams,
  body: Buffer,
): Said {
  if (key === '') return { status: 200, body: Buffer.from(listed(query)) };
  const found = objects.get(key);
  if (method === 'PUT') return put(key, headers, body, found);
  if (method === 'DELETE') return { status: objects.delete(key) ? 204 : 404 };
  return found ? given(found, headers) : { status: 404 };
}

function put(key: string, headers: http.IncomingHttpHeaders, body: Buffer, found: Kept | undefined): Said {
  if (headers['if-none-match'] ? found : headers['if-match'] && headers['if-match'] !== found?.headers.etag)
    return { status: 412 };
  const etag = `"${createHash('md5').update(body).digest('hex')}"`;
  const kept = Object.entries(headers).filter(([name]) => isKept.test(name)) as [string, string][];
  objects.set(key, { body, headers: { ...Object.fromEntries(kept), etag } });
  return { status: 200, headers: { etag } };
}

function given({ body, headers }: Kept, { range }: http.IncomingHttpHeaders): Said {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  const all = {
    ...headers,
    'last-modified': made.toUTCString(),
    ...(headers['x-amz-checksum-crc32'] && { 'x-amz-checksum-type': 'FULL_OBJECT' }),
  };
  if (last === undefined) return { status: 200, headers: { ...all, 'content-length': body.length }, body };
  const part = body.subarray(Number(first), Number(last) + 1);
  const place = `bytes ${first}-${last}/${body.length}`;
  return {
    status: 206,
    headers: { ...all, 'content-range': place, 'content-length': part.length },
    body: part,
  };
}

function listed(query: URLSearchParams): string {
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter')];
  const from = query.get('start-after') ?? query.get('continuation-token') ?? '';
  const most = Number(query.get('max-keys') ?? 1000);
  const names = [...objects.keys()].filter((key) => key.startsWith(prefix)).map(shortened);
  const page = [...new Set(names)].filter((name) => name > from).sort();
  const next = page.length > most ? `<NextContinuationToken>${page[most - 1]}</NextContinuationToken>` : '';
  const isOver = (name: string) =>
    delimiter !== null && name.length > prefix.length && name.endsWith(delimiter);
  const items = page.slice(0, most).map((name) => (isOver(name) ? overItem(name) : itemOf(name)));
  return `<?xml version="1.0"?><ListBucketResult><IsTruncated>${next !== ''}</IsTruncated>${next}${items.join('')}</ListBucketResult>`;

  function shortened(key: string): string {
    const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    return end < 0 ? key : key.slice(0, end + 1);
  }
}

function overItem(name: string): string {
  return `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`;
}

function itemOf(name: string): string {
  const { body, headers } = objects.get(name)!;
  return `<Contents><Key>${name}</Key><LastModified>${made.toISOString()}</LastModified><ETag>${headers.etag}</ETag><Size>${body.length}</Size></Contents>`;
}

server.listen(0, '127.0.0.1');
await once(server, 'listening');
console.log((server.address() as AddressInfo).port);
process.stdin.resume().once('end', () => process.exit());
