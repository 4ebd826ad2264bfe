/** Paths of the Store as keys of the bucket, and back. */
import { randomBytes } from 'node:crypto';
import { TransferError } from '../../errors.ts';
import { show, textOf } from '../../report/show.ts';
import type { RelativePath } from '../path.ts';

export type Root = {
  readonly bucket: string;
  /** what all keys begin with: '' or something that ends in a slash */
  readonly prefix: string;
  /** it is a directory, whatever object may have its name */
  readonly isDirectory: boolean;
};

const mostBytes = 1024;

/** In a place, an object that is no entry of the tree there. */
export const manifestPath = Buffer.from('.difpipe-manifest.jsonl') as Uint8Array as RelativePath;

export function isManifest(path: Uint8Array): boolean {
  return path.length === manifestPath.length && Buffer.compare(path, manifestPath) === 0;
}

const trial = '.difpipe-trial-';

/** The key of an object that is there for a moment, to see what a service does. */
export function trialIn(prefix: string): string {
  return `${prefix}${trial}${randomBytes(8).toString('hex')}`;
}

/** Whether it is of an object of ours at a place, which is no entry of the tree there. */
export function isOurs(prefix: string, key: string): boolean {
  if (!key.startsWith(prefix)) return false;
  const name = key.slice(prefix.length);
  return name.startsWith(trial) || isManifest(Buffer.from(name));
}

export function rootOf(bucket: string, typed: string): Root {
  const prefix = typed === '' || typed.endsWith('/') ? typed : `${typed}/`;
  return { bucket, prefix, isDirectory: prefix === typed };
}

/** The key of an object; undefined where no key can be called so. */
export function keyIn({ prefix }: Root, path: RelativePath): string | undefined {
  if (path.length === 0) return prefix.slice(0, -1);
  const text = textOf(path);
  return text === undefined ? undefined : prefix + text;
}

/** The same of a path that is to be written. Throws 'unsupported'. */
export function keyOf(root: Root, path: RelativePath): string {
  const key = keyIn(root, path);
  if (key === undefined) throw noKey(path, 'its name is not valid UTF-8');
  return mustFit(path, key);
}

/** Throws 'unsupported'. */
export function mustFit(path: RelativePath, key: string): string {
  if (isTooLong(key)) throw noKey(path, `no key is longer than ${mostBytes} bytes`);
  return key;
}

/** No object has it, and none that begins with it. */
export function isTooLong(key: string): boolean {
  return key.length * 3 > mostBytes && Buffer.byteLength(key) > mostBytes;
}

/** What the keys of all that is in a directory begin with. */
export function insideOf(root: Root, path: RelativePath): string | undefined {
  if (path.length === 0) return root.prefix;
  const key = keyIn(root, path);
  return key === undefined ? undefined : `${key}/`;
}

/** For messages. */
export function shown({ bucket, prefix }: Root, path: Uint8Array): string {
  return show(Buffer.concat([Buffer.from(`s3://${bucket}/${prefix}`), path]));
}

function noKey(path: RelativePath, why: string): TransferError {
  return new TransferError('unsupported', `cannot keep ${show(path)} in an object store: ${why}`);
}
