/**
 * Whether the key that a host shows is the one it is known by. Decided before anything is told to it, and by the
 * same files as ssh: an unknown host is refused unless new ones are to be accepted, a changed or revoked key always.
 */
import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { TransferError } from '../../errors.ts';
import { printable, show } from '../../report/show.ts';
import { makeDirectories } from '../../work/make-directories.ts';
import { reasonOf } from '../../work/posix/errno.ts';
import { readSmall } from '../../work/read-small.ts';
import type { Target } from '../config/target.ts';
import { hashName, type KnownKey, knownKeys, knownTypes, type Verdict, verdictOn } from './known-hosts.ts';
import { isRevokedIn } from './revoked-keys.ts';

export type HostKeys = {
  /** what to ask the host to sign with, keys it is known by first */
  readonly algorithms: readonly string[];
  /** The error that refuses this key; undefined: go on, and `remember` it once the host has proved to own it. */
  readonly judge: (key: Uint8Array) => TransferError | undefined;
  /** The error for a host that shows another key than it did before. */
  readonly changed: (key: Uint8Array) => TransferError | undefined;
  readonly remember: (key: Uint8Array) => void;
};

/** In ssh's order; without the SHA-1 signatures that it has left behind. */
const algorithms: Readonly<Record<string, readonly string[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

/** Reads the files now. */
export function hostKeysOf(target: Target): HostKeys {
  const known = [...target.keyFiles.own, ...target.keyFiles.system].flatMap(read);
  const types = [...knownTypes(target.keyNames, known), ...Object.keys(algorithms)];
  const { revokedKeysFile: revoked } = target;
  const judge = (key: Uint8Array) =>
    revoked !== undefined && isRevokedIn(revoked, key)
      ? 'revoked'
      : verdictOn(base64(key), target.keyNames, known);
  return {
    algorithms: [...new Set(types.flatMap((type) => algorithms[type] ?? []))],
    judge: (key) => refusal(judge(key), key, target),
    changed: (key) => refusal('changed', key, target),
    remember: (key) => {
      if (judge(key) === 'unknown' || judge(key) === 'certified') append(key, target);
    },
  };
}

/** SHA256:…, as ssh and ssh-keygen -l write it. */
function fingerprintOf(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

function refusal(verdict: Verdict, key: Uint8Array, target: Target): TransferError | undefined {
  const shown = `${typeOf(key)} ${fingerprintOf(key)}`;
  const file = show(Buffer.from(target.keyFiles.own[0] ?? 'known_hosts'));
  switch (verdict) {
    case 'known':
      return undefined;
    case 'unknown':
      if (target.acceptNewHostKeys) return undefined;
      return refuse(
        `the host ${target.name} is not known: it shows the key ${shown}`,
        'if that is its key, --accept-new-host-keys remembers it',
      );
    case 'certified':
      if (target.acceptNewHostKeys) return undefined;
      return refuse(
        `the host ${target.name} is known by a certificate authority only, which is not supported: it shows the key ${shown}`,
        'if that is its key, --accept-new-host-keys remembers it',
      );
    case 'changed':
      return refuse(
        `the key of ${target.name} has changed: it shows ${shown}, which is not in ${file}`,
        `somebody may be listening in; if its key was changed on purpose, ssh-keygen -R '${target.keyNames[0]}' forgets the old one`,
      );
    case 'revoked':
      return refuse(
        `the key ${shown} of ${target.name} is marked as revoked`,
        'ask who runs that host for its new key',
      );
  }
}

function refuse(message: string, hint: string): TransferError {
  return new TransferError('refused', message, { hint });
}

/** Whatever a rival appends at the same moment, each line is one write and begins a line. */
function append(key: Uint8Array, { keyNames, keyFiles, hashNames }: Target): void {
  const [path] = keyFiles.own;
  if (path === undefined) return;
  const name = hashNames ? hashName(keyNames[0]!, randomBytes(20)) : keyNames[0];
  makeDirectories(dirname(path));
  const file = fs.openSync(path, 'a+', 0o600);
  try {
    fs.writeSync(file, `${endsLine(file) ? '' : '\n'}${name} ${typeOf(key)} ${base64(key)}\n`);
  } finally {
    fs.closeSync(file);
  }
}

function endsLine(file: number): boolean {
  const { size } = fs.fstatSync(file);
  const last = Buffer.alloc(1);
  return size === 0 || fs.readSync(file, last, 0, 1, size - 1) === 0 || last[0] === 0x0a;
}

function read(path: string): readonly KnownKey[] {
  try {
    return knownKeys(readSmall(path).toString());
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw new TransferError('denied', `cannot read ${show(Buffer.from(path))}: ${reasonOf(cause)}`, {
      cause,
    });
  }
}

/** A key begins with the length and the name of its type. */
function typeOf(key: Uint8Array): string {
  const bytes = Buffer.from(key);
  return printable(bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString('latin1'));
}

function base64(key: Uint8Array): string {
  return Buffer.from(key).toString('base64');
}
