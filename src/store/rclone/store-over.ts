/** What can be done in a place of rclone's, as a Store. */
import type { Store } from '../store.ts';
import { bodyOf } from './body.ts';
import { digest } from './digest.ts';
import type { Lender } from './lender.ts';
import { list, lookAt } from './look.ts';
import { makeDirectory, remove } from './make.ts';
import { type Reach, remoteOf } from './reach.ts';
import { takeFrom } from './take.ts';
import { write } from './write.ts';

export function storeOver(reach: Reach, lender: Lender): Omit<Store, typeof Symbol.asyncDispose> {
  const { hasDirectories, foldsCase, timeStepNs, digest: algorithm } = reach.traits;
  return {
    list: (dir, on) => list(reach, dir, on),
    stat: (path, on) => lookAt(reach, path, on),
    read: (file) => bodyOf(reach, file),
    write: (path, body, how, on) => write(reach, lender, { path, body, how }, on),
    remove: (path, on) => remove(reach, path, on),
    mustHold: (path) => void remoteOf(reach, path, 'write'),
    takeFrom: (root, how) => takeFrom(reach, root, how),
    ...(algorithm !== undefined && { digest: (file, on) => digest(reach, file, algorithm, on) }),
    ...(hasDirectories && {
      makeDirectory: (path, metadata, on) => makeDirectory(reach, path, metadata, on),
    }),
    ...(timeStepNs === undefined ? { ownTimes: true as const } : { timeStepNs }),
    timeEnds,
    foldsCase,
  };
}

/** As far as rclone can write a time down: the years 1 to 9999. */
const timeEnds = { earliest: -62_135_596_800, latest: 253_402_300_799 };
