/** The way between two places on this machine: threads that copy from disk to disk. */
import { rmdirSync } from 'node:fs';
import { parallel } from '../engine/parallel/parallel.ts';
import type { RouteEnd } from '../journal/key.ts';
import type { LocalPlace } from '../location/location.ts';
import type { TransferRequest } from '../request.ts';
import { placeOf, stillOf } from './destination.ts';
import { openEnds } from './local-ends.ts';
import { setupToCopy } from './local-setup.ts';
import { mustNotCompress } from './may-batch.ts';
import type { Way } from './way.ts';

export async function openLocal(
  source: LocalPlace,
  dest: LocalPlace,
  request: TransferRequest,
  signal: AbortSignal,
): Promise<Way> {
  mustNotCompress(request.compress);
  const ends = await openEnds(
    source,
    dest,
    { make: !request.dryRun, keepsMode: request.preserve.mode },
    signal,
  );
  const [place, isStill] = [placeOf(ends.dest), stillOf(ends.dest)];
  const end = (canonical: Uint8Array): RouteEnd => ({ kind: 'local', canonical });
  return {
    ends: { source: end(ends.canonical.source), dest: end(ends.canonical.dest), roundTripMs: 0 },
    isNew: ends.isNew,
    unmake: async () => {
      if (ends.isNew && !request.dryRun) rmdirSync(Buffer.from(ends.dest));
    },
    from: { single: ends.single?.from, place, isStill, bootId: undefined, clock: Date.now },
    unkept: undefined,
    carries: { xattrs: true, acls: true },
    comparesAttributes: false,
    move: (known, order, telling) =>
      parallel({ ...order, setup: setupToCopy(ends, request, known) }, telling),
    [Symbol.asyncDispose]: async () => undefined,
  };
}
