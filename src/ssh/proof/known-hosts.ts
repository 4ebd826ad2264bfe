/**
 * What known_hosts files say about the key of a host. Certificates of hosts are not supported: a line that names
 * a certificate authority makes nobody known, which is said.
 */
import { createHmac } from 'node:crypto';
import { matchesList } from '../config/pattern.ts';

export type KnownKey = {
  /** as they stand in the file: patterns with commas between them, or the hash of one name */
  readonly hosts: string;
  readonly isRevoked: boolean;
  /** it signs certificates of hosts, and is no key of one */
  readonly isAuthority: boolean;
  readonly type: string;
  readonly key: string; // base64
};

export type Verdict = 'known' | 'unknown' | 'changed' | 'revoked' | 'certified';

/** The keys in the text of a file; lines that make no sense are passed over, as ssh does. */
export function knownKeys(text: string): readonly KnownKey[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const words = line.trim().split(/[ \t]+/);
    const marker = words[0]?.startsWith('@') ? words.shift() : undefined;
    const [hosts, type, key] = words;
    if (hosts === undefined || hosts.startsWith('#') || type === undefined || key === undefined) return [];
    const [isRevoked, isAuthority] = [marker === '@revoked', marker === '@cert-authority'];
    if (marker !== undefined && !isRevoked && !isAuthority) return [];
    return [{ hosts, isRevoked, isAuthority, type, key }];
  });
}

/**
 * A host that is known by any other key, even of another type, has changed: nobody else should answer for it. One of
 * which only an authority is known is 'certified'.
 */
export function verdictOn(key: string, names: readonly string[], known: readonly KnownKey[]): Verdict {
  const own = names.map((name) => known.filter(({ hosts }) => isNamed(name, hosts)));
  if (own.flat().some((entry) => entry.isRevoked && entry.key === key)) return 'revoked';
  const plain = own.map((entries) => entries.filter((entry) => !entry.isRevoked && !entry.isAuthority));
  if (plain.flat().some((entry) => entry.key === key)) return 'known';
  if ((plain[0]?.length ?? 0) > 0) return 'changed';
  return own[0]?.some((entry) => entry.isAuthority) ? 'certified' : 'unknown';
}

/** The types of the keys that a host is known by. */
export function knownTypes(names: readonly string[], known: readonly KnownKey[]): readonly string[] {
  const own = known.filter(
    ({ hosts, isRevoked, isAuthority }) =>
      !isRevoked && !isAuthority && names.some((name) => isNamed(name, hosts)),
  );
  return [...new Set(own.map(({ type }) => type))];
}

/** The name as HashKnownHosts writes it. */
export function hashName(name: string, salt: Uint8Array): string {
  const hash = createHmac('sha1', salt).update(name).digest('base64');
  return `|1|${Buffer.from(salt).toString('base64')}|${hash}`;
}

function isNamed(name: string, hosts: string): boolean {
  const [, salt] = /^\|1\|([^|]+)\|/.exec(hosts) ?? [];
  if (salt !== undefined) return hashName(name, Buffer.from(salt, 'base64')) === hosts;
  return matchesList(name, hosts.toLowerCase().split(','));
}
