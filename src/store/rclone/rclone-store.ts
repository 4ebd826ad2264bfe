/**
 * Any place of rclone's: listed, read and written by an rclone that serves it to us, for as long as the store is open.
 * Symlinks, special files and the metadata of directories are not held there; modes and owners of files where the
 * remote has metadata.
 */
import { formatLocation } from '../../location/format.ts';
import type { CloudPlace } from '../../location/location.ts';
import type { Store } from '../store.ts';
import { bodyOf } from './body.ts';
import { carried } from './carried.ts';
import { createDaemon } from './daemon.ts';
import { digest } from './digest.ts';
import { fileAt } from './file-at.ts';
import { createLeftOut } from './left-out.ts';
import { createLender } from './lender.ts';
import { list, lookAt } from './look.ts';
import { makeDirectory, remove } from './make.ts';
import type { Rclone } from './rclone.ts';
import { type Reach, remoteOf, type Traits, traitsOf } from './reach.ts';
import { noRemote, targetOf } from './remotes.ts';
import { takeFrom } from './take.ts';
import { write } from './write.ts';

/** Asks rclone at once what the place can do. Throws 'unsupported' where there is no rclone. */
export async function openRcloneStore(
  place: CloudPlace,
  rclone: Rclone,
  signal: AbortSignal,
): Promise<Store> {
  const name = formatLocation(place);
  await using stack = new AsyncDisposableStack();
  const target = await targetOf(place, rclone, signal);
  const daemon = stack.use(createDaemon(rclone, target));
  const traits = await traitsOf(daemon, name, signal).catch(async (error: unknown) => {
    throw await noRemote(error, place, rclone, signal);
  });
  if (traits?.whispers) await daemon.speakUp();
  const leftOut = stack.use(createLeftOut(daemon, traits?.renames === true));
  const lender = stack.use(createLender());
  const kept = stack.move();
  const close = { [Symbol.asyncDispose]: () => kept.disposeAsync() };
  return traits
    ? {
        ...storeOf({ daemon, name, traits, leftOut, isPrefix: isPrefix(place, traits) }, lender),
        ...carried(daemon, target, traits),
        ...close,
      }
    : { ...fileAt(name), ...close };
}

/** Below a bucket, where there are some. */
function isPrefix({ service, path }: CloudPlace, { hasDirectories }: Traits): boolean {
  const steps = path.split('/').filter((name) => name !== '');
  return !hasDirectories && steps.length > (service === 'rclone' ? 1 : 0);
}

function storeOf(
  reach: Reach,
  lender: ReturnType<typeof createLender>,
): Omit<Store, typeof Symbol.asyncDispose> {
  const { hasDirectories, foldsCase, timeStepNs, digest: algorithm } = reach.traits;
  return {
    list: (dir, on) => list(reach, dir, on),
    stat: (path, on) => lookAt(reach, path, on),
    read: (file) => bodyOf(reach, file),
    write: (path, body, how, on) => write(reach, lender, path, body, how, on),
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
