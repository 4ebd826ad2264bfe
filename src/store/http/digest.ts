/** What a server says its bytes add up to, and whether they do. */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Digest } from '../body.ts';
import { trouble } from './fault.ts';

export type Digesting = {
  readonly add: (bytes: Uint8Array) => void;
  /** Throws 'corrupt' where they do not. */
  readonly end: () => void;
};

const algorithms: Readonly<Record<string, string>> = {
  'sha-512': 'sha512',
  'sha-256': 'sha256',
  sha: 'sha1',
  md5: 'md5',
};

/** For all bytes of a file; undefined where nothing is said of them. */
export function digesting(headers: IncomingHttpHeaders, what: string): Digesting | undefined {
  const told = digestIn(headers);
  if (!told) return undefined;
  const hash = createHash(told.algorithm);
  return {
    add: (bytes) => hash.update(bytes),
    end() {
      if (hash.digest().equals(told.value)) return;
      throw trouble('read', what, 'corrupt', 'its bytes are not those that the server says they are');
    },
  };
}

/** The best of what is said of all bytes of a file. */
export function digestIn(headers: IncomingHttpHeaders): Digest | undefined {
  const [repr, old] = [headers['repr-digest'], headers.digest].map(String);
  const found = new Map<string, string>();
  for (const [, name, digest] of repr!.matchAll(/([\w-]+)=:([A-Za-z0-9+/=]+):/g)) found.set(name!, digest!);
  for (const [, name, digest] of old!.matchAll(/([\w-]+)=([A-Za-z0-9+/]+=*)/g))
    if (!found.has(name!.toLowerCase())) found.set(name!.toLowerCase(), digest!);
  const md5 = headers['content-md5'];
  if (typeof md5 === 'string' && !found.has('md5')) found.set('md5', md5);
  const name = Object.keys(algorithms).find((known) => found.has(known));
  if (name === undefined) return undefined;
  const [algorithm, value] = [algorithms[name]!, Buffer.from(found.get(name)!, 'base64')];
  return value.length === createHash(algorithm).digest().length ? { algorithm, value } : undefined;
}
