/** Signature Version 4 in headers, without a promise for each request as the SDK's needs them. */
import { createHmac, hash } from 'node:crypto';
import type { Keys } from '../access.ts';
import { hmacBy } from './hmac.ts';

export type Signable = {
  readonly method: string;
  readonly path: string; // as it is sent
  readonly query: Readonly<Record<string, string>>;
  /** all are signed; their names are in lower case */
  readonly headers: Readonly<Record<string, string>>;
  /** of the body, in hex, or the word for one that is not signed */
  readonly payload: string;
};

export type Sign = (request: Signable, keys: Keys, at: Date) => Record<string, string>;

/** Answers all headers with which the request is sent. */
export function createSigner(region: string): Sign {
  let last = { secret: '', day: '', hmac: (_: string) => '' };
  return (request, keys, at) => {
    const time = timeOf(at.getTime());
    const day = time.slice(0, 8);
    if (last.secret !== keys.secretAccessKey || last.day !== day)
      last = { secret: keys.secretAccessKey, day, hmac: hmacBy(keyFor(keys.secretAccessKey, day, region)) };
    const headers: Record<string, string> = {
      ...request.headers,
      'x-amz-content-sha256': request.payload,
      'x-amz-date': time,
    };
    if (keys.sessionToken !== undefined) headers['x-amz-security-token'] = keys.sessionToken;
    const names = Object.keys(headers).sort();
    const signed = names.join(';');
    const scope = `${day}/${region}/s3/aws4_request`;
    const asSent = Buffer.from(canonical(request, headers, { names, signed }), 'latin1'); // as headers are
    const wanted = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(asSent)}`;
    const signature = last.hmac(wanted);
    headers.authorization = `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
    return headers;
  };
}

let [lastSecond, lastTime] = [-1, ''];

/** `20260102T030405Z`: many requests leave in the same second. */
function timeOf(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== lastSecond)
    [lastSecond, lastTime] = [second, new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '')];
  return lastTime;
}

/** Every byte but the unreserved ones as %XX; a slash too, unless it is kept. */
export function encode(text: string, kept = ''): string {
  if (/^[\w.~-]*$/.test(text) || (kept === '/' && /^[\w./~-]*$/.test(text))) return text;
  const encoded = encodeURIComponent(text).replace(/[!'()*]/g, (char) => {
    return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  });
  return kept === '/' ? encoded.replaceAll('%2F', '/') : encoded;
}

/** As it is sent and signed: sorted by name. */
export function queryOf(query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return pairs.sort().join('&');
}

export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

function canonical(
  { method, path, query, payload }: Signable,
  headers: Readonly<Record<string, string>>,
  { names, signed }: { readonly names: readonly string[]; readonly signed: string },
): string {
  let lines = `${method}\n${path}\n${queryOf(query)}\n`;
  for (const name of names) lines += `${name}:${plain(headers[name]!)}\n`;
  return `${lines}\n${signed}\n${payload}`;
}

function plain(value: string): string {
  const trimmed = value.trim();
  return trimmed.includes('  ') ? trimmed.replace(/ +/g, ' ') : trimmed;
}

function keyFor(secret: string, day: string, region: string): Buffer<ArrayBuffer> {
  const steps = [day, region, 's3', 'aws4_request'];
  const first = Buffer.from(`AWS4${secret}`);
  return steps.reduce((key, step) => createHmac('sha256', key).update(step).digest(), first);
}
