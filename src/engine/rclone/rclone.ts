/**
 * What rclone does of a transfer by itself: batches of small files, each one job of the rclone that serves the place.
 * The walk, what is the same, large files, and all that failed in a batch stay with the lanes between two Stores, so a
 * run begins, resumes, filters and fails as with every engine.
 *
 * Only rclones that name what is not whole as they are told (1.66 or later) are asked: others write in place.
 */
import { textOf } from '../../report/show.ts';
import type { Batches } from '../../store/batch.ts';
import { isWanted } from '../../store/rclone/carrier.ts';
import { toRclone } from '../../store/rclone/names.ts';
import type { Store } from '../../store/store.ts';
import { createPull } from './pull.ts';
import { createPush } from './push.ts';
import type { CopyEnd, CopyHow } from './setup.ts';

/** A directory of this machine has a path; any other place only its Store. */
export type RcloneEnd = { readonly store: Store; readonly dir: Uint8Array | undefined };

/** Undefined where rclone does not reach both ends so, or carries more than is wanted. */
export function rcloneBatches(
  source: RcloneEnd,
  dest: RcloneEnd,
): ((how: CopyHow) => Batches | undefined) | undefined {
  const [from, to] = [endOf(source), endOf(dest)];
  const carrier = to?.carrier ?? from?.carrier;
  if (!from || !to || !carrier) return undefined;
  return (how) => {
    if (!isWanted(how.keep, carrier.tellsMetadata)) return undefined;
    const { timeStepNs, ownTimes } = source.store;
    const copying = {
      carrier,
      from,
      to,
      dest: dest.store,
      timeStepNs: ownTimes ? undefined : timeStepNs,
      how,
    };
    return to.carrier ? createPush(copying) : createPull(copying);
  };
}

function endOf({ store: { carrier }, dir }: RcloneEnd): CopyEnd | undefined {
  if (carrier) return { target: carrier.target, carrier };
  const target = dir && textOf(dir);
  return target === undefined || target !== toRclone(dir!) ? undefined : { target, carrier: undefined };
}
