/** What can be done in an opened prefix of a bucket, as a Store. */
import { TransferError } from '../../errors.ts';
import type { Store } from '../store.ts';
import { bodyOf, take } from './body.ts';
import { copies, copyFile } from './copy.ts';
import { isManifest, manifestPath } from './keys.ts';
import { list } from './listing/list.ts';
import { readLink, stat } from './look.ts';
import { dress, makeDirectory, makeSymlink, remove } from './make.ts';
import type { S3 } from './place.ts';
import { partsOf } from './upload/parts.ts';
import { mostAtOnce, writeFile, writeLarge } from './write.ts';

export type StoreOver = {
  readonly store: Store;
  /** may write a manifest, too */
  readonly write: Store['write'];
};

export function storeOver(s3: S3): StoreOver {
  const { root, service } = s3;
  const parts = partsOf(s3);
  const name = Buffer.from(`${service.name}\0s3://${root.bucket}/${root.prefix}`.replace(/\/$/, ''));
  const write: Store['write'] = async (path, body, how, signal) => {
    const { origin, size } = body;
    const isCopied = origin && copies(s3, origin, size);
    const copied = isCopied ? await copyFile(s3, path, { origin, size }, how, signal) : undefined;
    if (copied) return copied;
    if (size > mostAtOnce) return writeLarge(parts, path, body, how, signal);
    return writeFile(s3, path, body, how, signal);
  };
  const store: Store = {
    list: (dir, signal) => list(s3, dir, signal),
    stat: (path, signal) => stat(s3, path, signal),
    read: (file) => bodyOf(s3, file),
    take: (file, signal) => take(s3, file, signal),
    copies: (origin, size) => copies(s3, origin, size),
    write: async (path, ...rest) => {
      if (isManifest(path)) throw reserved(s3);
      return write(path, ...rest);
    },
    remove: (path, signal) => remove(s3, path, signal),
    canonical: async () => name,
    mustHold: (path) => {
      if (isManifest(path)) throw reserved(s3);
      root.key(path);
    },
    makeDirectory: (path, metadata, signal) => makeDirectory(s3, path, metadata, signal),
    makeSymlink: (path, target, metadata, signal) => makeSymlink(s3, path, target, metadata, signal),
    readLink: (path, signal) => readLink(s3, path, signal),
    dress: (path, metadata, signal) => dress(s3, path, metadata, signal),
    parts,
    keepsDirectories: true,
    roundTripMs: undefined,
    [Symbol.asyncDispose]: async () => service[Symbol.dispose](),
  };
  return { store, write };
}

function reserved({ root }: S3): TransferError {
  return new TransferError('refused', `${root.show(manifestPath)} is for a manifest of difpipe`, {
    hint: 'rename or remove the file of this name',
  });
}
