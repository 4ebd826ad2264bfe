/** What all that is done in a prefix of a bucket shares, made anew. */
import type { S3Place } from '../../location/location.ts';
import { createBudget } from '../../work/budget.ts';
import { createBusyLimit } from '../../work/busy-limit.ts';
import type { S3Access } from './access.ts';
import { createConditions } from './conditions.ts';
import { createLanes } from './listing/pages.ts';
import { createOpening, noticing } from './opening.ts';
import type { S3 } from './place.ts';
import { type Root, rootOf } from './root.ts';
import { createSeen } from './seen.ts';
import { settle } from './service/chain.ts';
import { createService } from './service/service.ts';
import { unsummed } from './service/unsummed.ts';
import { wished } from './service/wished.ts';
import { createPartSums } from './sums/part-sums.ts';
import { createSums } from './sums/sums.ts';
import { createSpare } from './upload/spare.ts';

const MiB = 1024 * 1024;
const mostHeld = 64 * MiB;
const coming = { least: 4 * MiB, most: 64 * MiB };

/** Asks nobody anything yet. Throws 'usage' where the profile or the endpoint is wrong. */
export async function createS3(place: S3Place, access: S3Access): Promise<S3> {
  const root = rootOf(place.bucket, place.prefix);
  const plain = createService(place.bucket, await settle(access), access.tell);
  const asked = wished(unsummed(plain), access, root.prefix);
  const opening = createOpening();
  return {
    service: noticing(asked, opening),
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
}

/** The same service, asked for another prefix: what was learnt of the places in one says nothing of the other. */
export function elsewhere(s3: S3, root: Root): S3 {
  return { ...s3, root, opening: createOpening(), seen: createSeen(), sums: createSums() };
}
