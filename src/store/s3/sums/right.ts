/** Whether bytes are those that a service tells of, by what its headers say they add up to. */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { bare } from '../entry.ts';
import { crc32Of } from './checksum.ts';
import { sumIn } from './sums.ts';

/** Whether a whole object is what its service says it is, as far as it says. */
export function isRight(headers: IncomingHttpHeaders, bytes: Uint8Array): boolean {
  const { 'x-amz-checksum-crc32': crc32 } = headers;
  if (crc32 !== undefined && crc32 === crc32Of(bytes)) return true; // in the words in which it was told
  const sum = sumIn(headers, bytes.length);
  const running = sum?.start();
  running?.add(bytes);
  if (sum) return sum.add(0, bytes.length, running!.value());
  const hash = hashCheckOf(headers, true);
  hash?.add(bytes);
  return hash?.isRight() ?? true;
}

type Check = { readonly add: (chunk: Uint8Array) => void; readonly isRight: () => boolean };

/** By a SHA-256, or an ETag that is an MD5; undefined where nothing can be said. */
export function hashCheckOf(headers: IncomingHttpHeaders, isWhole: boolean): Check | undefined {
  if (!isWhole) return undefined;
  const sha = String(headers['x-amz-checksum-sha256'] ?? '');
  if (/^[A-Za-z0-9+/]{43}=$/.test(sha))
    return hashCheck('sha256', Buffer.from(sha, 'base64').toString('hex'));
  const etag = bare(headers.etag ?? '');
  return /^[0-9a-f]{32}$/.test(etag) && !isSealed(headers) ? hashCheck('md5', etag) : undefined;
}

/** Services have names of their own for it; what AWS calls AES256 leaves an ETag the MD5 of what was sent. */
function isSealed(headers: IncomingHttpHeaders): boolean {
  return Object.entries(headers).some(
    ([name, value]) =>
      /encryption|-sse-/.test(name) && !(name === 'x-amz-server-side-encryption' && value === 'AES256'),
  );
}

function hashCheck(algorithm: 'md5' | 'sha256', wanted: string): Check {
  const hash = createHash(algorithm);
  return { add: (chunk) => void hash.update(chunk), isRight: () => hash.digest('hex') === wanted };
}
