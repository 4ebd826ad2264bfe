/** The prefix of a bucket that a store is, and what its entries are called there. */
import { TransferError } from '../../errors.ts';
import { show, textOf } from '../../report/show.ts';
import type { RelativePath } from '../path.ts';

export type Root = {
  readonly bucket: string;
  /** what all keys begin with: '' or something that ends in a slash */
  readonly prefix: string;
  /** it is a directory, whatever object may have its name */
  readonly isDirectory: boolean;
  /** The key of an object that is to be written. Throws 'unsupported' where no key can be called so. */
  readonly key: (path: RelativePath) => string;
  /** The same of the object that stands for a directory. */
  readonly marker: (path: RelativePath) => string;
  /** The same of one that may be there: undefined where no key can be called so, but for one that is too long. */
  readonly keyIn: (path: RelativePath) => string | undefined;
  /** what the keys of all that is in a directory begin with */
  readonly inside: (path: RelativePath) => string | undefined;
  /** for people */
  readonly show: (path: Uint8Array) => string;
};

const mostBytes = 1024;

export function rootOf(bucket: string, typed: string): Root {
  const prefix = typed === '' || typed.endsWith('/') ? typed : `${typed}/`;
  const keyIn = (path: RelativePath) => {
    if (path.length === 0) return prefix.slice(0, -1);
    const text = textOf(path);
    return text === undefined ? undefined : prefix + text;
  };
  const keyOf = (path: RelativePath) => {
    const key = keyIn(path);
    if (key === undefined) throw noKey(path, 'its name is not valid UTF-8');
    return mustFit(path, key);
  };
  return {
    bucket,
    prefix,
    isDirectory: prefix === typed,
    key: keyOf,
    marker: (path) => (path.length === 0 ? prefix : mustFit(path, `${keyOf(path)}/`)),
    keyIn,
    inside: (path) => {
      if (path.length === 0) return prefix;
      const key = keyIn(path);
      return key === undefined ? undefined : `${key}/`;
    },
    show: (path) => show(Buffer.concat([Buffer.from(`s3://${bucket}/${prefix}`), path])),
  };
}

function mustFit(path: RelativePath, key: string): string {
  if (isTooLong(key)) throw noKey(path, `no key is longer than ${mostBytes} bytes`);
  return key;
}

/** No object has it, and none that begins with it. */
export function isTooLong(key: string): boolean {
  return key.length * 3 > mostBytes && Buffer.byteLength(key) > mostBytes;
}

function noKey(path: RelativePath, why: string): TransferError {
  return new TransferError('unsupported', `cannot keep ${show(path)} in an object store: ${why}`);
}
