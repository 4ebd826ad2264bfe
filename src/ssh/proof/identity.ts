/** Private keys in files, as far as they can be read without asking anybody. */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import type { ParsedKey } from 'ssh2';
import { show } from '../../report/show.ts';
import { reasonOf } from '../../work/posix/errno.ts';
import { readSmall } from '../../work/read-small.ts';
import { ssh2 } from '../quick/library.ts';

export type Identity =
  | { readonly kind: 'open'; readonly path: string; readonly key: ParsedKey }
  /** wants a passphrase; `key` is its public half, undefined where nothing tells it */
  | {
      readonly kind: 'locked';
      readonly path: string;
      readonly text: string;
      readonly key: ParsedKey | undefined;
    }
  /** its public half alone: an agent may have the rest */
  | { readonly kind: 'public'; readonly path: string; readonly key: ParsedKey }
  /** neither half is there */
  | { readonly kind: 'absent'; readonly path: string; readonly key?: undefined }
  /** why it is not used, for the person whose key it is; `key` is its public half, which an agent may know */
  | {
      readonly kind: 'unusable';
      readonly path: string;
      readonly why: string;
      readonly key: ParsedKey | undefined;
    };

/** In the order given. A path that leads to a public half, or beside one, stands for that key, as it does to ssh. */
export async function identitiesIn(paths: readonly string[]): Promise<readonly Identity[]> {
  const { utils } = await ssh2();
  return [...new Set(paths)].map((path) => identityAt(path, utils));
}

function identityAt(path: string, utils: Utils): Identity {
  const text = read(path);
  if (typeof text !== 'string') return publicAlone(path, text?.why, utils);
  const key = one(utils.parseKey(text));
  if (!(key instanceof Error)) return { kind: key.isPrivateKey() ? 'open' : 'public', path, key };
  if (/no passphrase given/.test(key.message))
    return { kind: 'locked', path, text, key: publicHalf(path, text, utils) };
  return publicAlone(path, `${named(path)} is no private key that can be read`, utils);
}

/** `why`: what keeps the file from being read, if it is there. */
function publicAlone(path: string, why: string | undefined, utils: Utils): Identity {
  const itself = parsed(readPublic(path), utils);
  if (itself) return { kind: 'public', path, key: itself };
  const key = parsed(readPublic(`${path}.pub`), utils);
  if (why !== undefined) return { kind: 'unusable', path, why, key };
  return key ? { kind: 'public', path, key } : { kind: 'absent', path };
}

/** The key behind a passphrase; undefined where it is the wrong one. */
export async function unlock(text: string, passphrase: string): Promise<ParsedKey | undefined> {
  const { utils } = await ssh2();
  const key = one(utils.parseKey(text, passphrase));
  return key instanceof Error ? undefined : key;
}

type Utils = typeof import('ssh2').utils;
type Parsed = ParsedKey | Error | readonly ParsedKey[];

function one(parsed: Parsed): ParsedKey | Error {
  if (parsed instanceof Error) return parsed;
  return 'type' in parsed ? parsed : (parsed[0] ?? new Error('no key'));
}

function read(path: string): string | { readonly why: string } | undefined {
  try {
    return readPrivate(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return { why: `${named(path)} cannot be read: ${reasonOf(error)}` };
  }
}

function readPrivate(path: string): string | { readonly why: string } {
  const file = openFile(path);
  try {
    const stat = fstatSync(file);
    const { mode, uid } = stat;
    if (!stat.isFile()) return { why: `${named(path)} is no file` };
    const isOpen = uid === process.getuid?.() && (mode & 0o077) !== 0;
    if (isOpen) return { why: `${named(path)} may be read by others: chmod 600 makes it usable` };
    return readSmall(file).toString();
  } finally {
    closeSync(file);
  }
}

/** From the file beside it, or from OpenSSH's own format, where only the private half is encrypted. */
function publicHalf(path: string, text: string, utils: Utils): ParsedKey | undefined {
  return parsed(publicBlob(text) ?? readPublic(`${path}.pub`), utils);
}

/** A public key; undefined for a private one, and what is none. */
function parsed(text: string | Buffer, utils: Utils): ParsedKey | undefined {
  const key = one(utils.parseKey(text));
  return key instanceof Error || key.isPrivateKey() ? undefined : key;
}

/** The text of a file that is no secret; empty where it cannot be read. */
export function readPublic(path: string): string {
  try {
    const file = openFile(path);
    try {
      return fstatSync(file).isFile() ? readSmall(file).toString() : '';
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  }
}

/** Without waiting for somebody to write, where it is a FIFO. */
function openFile(path: string): number {
  return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
}

/** openssh-key-v1: magic, then cipher, kdf and its options as strings, the number of keys, the first public key. */
function publicBlob(text: string): Buffer | undefined {
  const [, base64] = /BEGIN OPENSSH PRIVATE KEY-+([^-]+)-/.exec(text) ?? [];
  if (base64 === undefined) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  let at = 'openssh-key-v1\0'.length;
  for (let skipped = 0; skipped < 3; skipped++) at += 4 + bytes.readUInt32BE(at);
  at += 4;
  return bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at));
}

function named(path: string): string {
  return show(Buffer.from(path));
}
