/**
 * A prefix of a bucket in an object store that speaks S3. What is written is durable at once. Times, modes, owners and
 * symlinks are kept beside objects as rclone's users know them; a listing does not tell them, so what it gives is brief.
 */

import { TransferError } from '../../errors.ts';
import type { S3Place } from '../../location/location.ts';
import { createBudget } from '../../work/budget.ts';
import { createBusyLimit } from '../../work/busy-limit.ts';
import { heardLater } from '../../work/heard-later.ts';
import { itself } from '../path.ts';
import type { Store } from '../store.ts';
import type { S3Access } from './access.ts';
import { bodyOf, take } from './body.ts';
import { createConditions } from './conditions.ts';
import { copies, copyFile } from './copy.ts';
import { isManifest, keyOf, manifestPath, type Root, rootOf, shown } from './keys.ts';
import { list } from './listing/list.ts';
import { createLanes } from './listing/pages.ts';
import { readLink, stat } from './look.ts';
import { dress, makeDirectory, makeSymlink, remove } from './make.ts';
import { createOpening, noticing } from './opening.ts';
import { createSeen, type S3 } from './place.ts';
import { settle } from './service/chain.ts';
import { createService } from './service/service.ts';
import { unsummed } from './service/unsummed.ts';
import { wished } from './service/wished.ts';
import { createPartSums } from './sums/part-sums.ts';
import { createSums } from './sums/sums.ts';
import { partsOf } from './upload/parts.ts';
import { createSpare } from './upload/spare.ts';
import { mostAtOnce, writeFile, writeLarge } from './write.ts';

const MiB = 1024 * 1024;
const mostHeld = 64 * MiB;
const coming = { least: 4 * MiB, most: 64 * MiB };

/** Asks nobody anything yet. Throws 'usage' where the profile or the endpoint is wrong. */
export async function openS3Store(place: S3Place, access: S3Access): Promise<Store> {
  const root = rootOf(place.bucket, place.prefix);
  const plain = createService(place.bucket, await settle(access), access.tell);
  const asked = wished(unsummed(plain), access, root.prefix);
  const opening = createOpening();
  const service = noticing(asked, opening);
  const s3: S3 = {
    service,
    root,
    conditions: createConditions(asked, root.prefix),
    opening,
    seen: createSeen(),
    lanes: createLanes(place.bucket),
    memory: createBudget(mostHeld),
    coming: createBudget(createBusyLimit(coming)),
    spare: createSpare(),
    uploads: access.uploads,
    sums: createSums(),
    partSums: createPartSums(),
  };
  const { store, write } = storeOver(s3);
  const { manifest } = access;
  if (!manifest) return store;
  const above = (root: Root) => {
    const up = { ...s3, root, opening: createOpening(), seen: createSeen(), sums: createSums() };
    return { ...storeOver(up), s3: up };
  };
  return {
    ...store,
    async withManifest(signal) {
      const looked = heardLater(store.stat(itself, signal)); // who opens a place asks that next
      const { joined } = await import('./manifest/joined.ts');
      try {
        return await joined({ s3, store, write }, above, manifest, signal);
      } catch (error) {
        await looked; // what is wrong with the place is said of it
        throw error;
      }
    },
  };
}

/** `write` may write a manifest, too. */
function storeOver(s3: S3): { readonly store: Store; readonly write: Store['write'] } {
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
      keyOf(root, path);
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
  return new TransferError('refused', `${shown(root, manifestPath)} is for a manifest of difpipe`, {
    hint: 'rename or remove the file of this name',
  });
}
