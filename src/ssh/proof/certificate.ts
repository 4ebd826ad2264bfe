/**
 * Certificates of users, as OpenSSH makes them: a public key with the signature of an authority on who may come in
 * with it. Whether one is good is for the host to say; here it is read as far as that helps the person.
 */
import type { ParsedKey } from 'ssh2';
import { Fields, field } from '../wire.ts';

export type Certificate = {
  /** as it is shown to a host */
  readonly blob: Buffer;
  /** the public key in it */
  readonly plain: Buffer;
  readonly isOfUser: boolean;
  /** seconds since 1970 */
  readonly validFrom: bigint;
  readonly validUntil: bigint;
};

const suffix = '-cert-v01@openssh.com';
const ofUser = 1;
const keyFields: Readonly<Record<string, number>> = {
  'ssh-ed25519': 1,
  'ssh-rsa': 2,
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
};

/** Undefined for what is no certificate, or one of a key that we cannot use. */
export function readCertificate(blob: Buffer): Certificate | undefined {
  try {
    return read(blob);
  } catch {
    return undefined; // it is shorter than its fields
  }
}

function read(blob: Buffer): Certificate | undefined {
  const fields = new Fields(blob);
  const name = fields.text();
  const type = plainName(name);
  const count = keyFields[type];
  if (type === name || count === undefined) return undefined;
  fields.string(); // what makes it unlike any other
  const key = Array.from({ length: count }, () => field(fields.string()));
  fields.long(); // its serial number
  const isOfUser = fields.number() === ofUser;
  fields.string(); // its name
  fields.string(); // for whom
  const [validFrom, validUntil] = [fields.long(), fields.long()];
  return { blob, plain: Buffer.concat([field(type), ...key]), isOfUser, validFrom, validUntil };
}

/** In the text of a file, which is its type, the blob in base64 and a comment. */
export function certificateIn(text: string): Certificate | undefined {
  const [, base64 = ''] = text.trim().split(/\s+/);
  return readCertificate(Buffer.from(base64, 'base64'));
}

/** The key, which shows the certificate as its public half. */
export function certified(key: ParsedKey, { blob }: Certificate): ParsedKey {
  return Object.create(key, { getPublicSSH: { value: () => blob } }) as ParsedKey;
}

export function isCertified(key: ParsedKey): boolean {
  return readCertificate(key.getPublicSSH()) !== undefined;
}

/** Of an algorithm, with what says that a certificate is shown. */
export function certifiedName(algorithm: string): string {
  return `${algorithm}${suffix}`;
}

/** Of an algorithm, without what says that a certificate is shown: signatures have that name. */
export function plainName(algorithm: string): string {
  return algorithm.endsWith(suffix) ? algorithm.slice(0, -suffix.length) : algorithm;
}
