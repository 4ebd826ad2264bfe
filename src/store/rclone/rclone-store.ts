/**
 * Any place of rclone's: listed, read and written by an rclone that serves it to us, for as long as the store is open.
 * Symlinks, special files and the metadata of directories are not held there; modes and owners of files where the
 * remote has metadata.
 */
import { formatLocation } from '../../location/format.ts';
import type { CloudPlace } from '../../location/location.ts';
import type { Store } from '../store.ts';
import { carried } from './carried.ts';
import { createDaemon } from './daemon.ts';
import { fileAt } from './file-at.ts';
import { createLeftOut } from './left-out.ts';
import { createLender } from './lender.ts';
import type { Rclone } from './rclone.ts';
import { type Traits, traitsOf } from './reach.ts';
import { noRemote, targetOf } from './remotes.ts';
import { storeOver } from './store-over.ts';

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
        ...storeOver({ daemon, name, traits, leftOut, isPrefix: isPrefix(place, traits) }, lender),
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
