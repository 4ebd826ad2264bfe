/**
 * A key of the person's that a service encrypts with. It is remembered nowhere: of a run that writes with it is kept what it
 * is known by, so that the run does not go on without it.
 */
import { createHash, randomBytes } from 'node:crypto';
import { TransferError } from '../../errors.ts';
import { secretFile } from './secret-file.ts';

export const keyFlag = '--s3-sse-c-key-file';

const read = new Map<string, Uint8Array>();

/** In a file, which is read once: it may be a pipe. Throws 'usage', and 'refused' where others may read it. */
export function keyInFile(path: string): Uint8Array {
  const key = read.get(path) ?? keyFrom(secretFile(path, keyFlag, 'the key'), keyFlag);
  read.set(path, key);
  return key;
}

/** Throws 'usage' where it is none. */
export function keyFrom(bytes: Buffer, from: string): Uint8Array {
  return keyIn(bytes) ?? keyFails(from);
}

/** As its bytes, or written in hex or base64. */
function keyIn(bytes: Buffer): Uint8Array | undefined {
  if (bytes.length === 32) return bytes;
  const word = bytes.toString('latin1').trim();
  if (/^[0-9a-f]{64}$/i.test(word)) return Buffer.from(word, 'hex');
  return /^[A-Za-z0-9+/]{43}=$/.test(word) ? Buffer.from(word, 'base64') : undefined;
}

function keyFails(from: string): never {
  throw new TransferError('usage', `${from} gives no key`, {
    hint: 'expected 32 bytes, or 44 characters of base64, or 64 of hex: openssl rand -base64 32',
  });
}

/** What a run's key is known by, of the run that it goes on with or of a new one. Throws 'usage' where it is another key. */
export function printFor(key: Uint8Array | undefined, before: string | undefined): string | undefined {
  if (before === undefined) return key && printOf(key, randomBytes(8).toString('hex'));
  if (key && printOf(key, before.split(':', 1)[0]!) === before) return before;
  const given = key ? 'another key is given' : 'none is given';
  throw new TransferError('usage', `the run was begun with a key of yours to encrypt with, and ${given}`, {
    hint: `give the same one with ${keyFlag}, or start the transfer again`,
  });
}

function printOf(key: Uint8Array, salt: string): string {
  const hash = createHash('sha256').update(salt).update(key).digest('hex');
  return `${salt}:${hash.slice(0, 32)}`;
}
