/** Whether attributes go with files that go alone to or from hosts, by programs there. */

import type { StoresSetup } from '../engine/stores/setup.ts';
import { createGives, givesAttributes } from '../engine/tar/attributes/give.ts';
import { createStrips, stripsAttributes } from '../engine/tar/attributes/strip.ts';
import { createTells, tellsAttributes } from '../engine/tar/attributes/tell.ts';
import type { TransferRequest } from '../request.ts';
import type { FarAttributes } from '../store/attributes.ts';
import type { Between } from './between.ts';
import { answerOf, askEarly } from './far-tools.ts';
import { mayBatch } from './may-batch.ts';

export type FoundAttributes = {
  /** those of each file that is written are */
  readonly carries: boolean;
  /** for one run, as its names of ours are */
  readonly create: (how: Pick<StoresSetup, 'ownTag' | 'pace' | 'retries'>) => FarAttributes;
};

const tries = 3;
const nothing: FoundAttributes = { carries: false, create: () => ({}) };

/** For two trees that are compared: what programs tell where Stores do not. */
export async function tellFarAttributes(
  { source, dest }: Pick<Between, 'source' | 'dest'>,
  { keep: { xattrs, acls }, pace }: Pick<StoresSetup, 'keep' | 'pace'>,
  signal: AbortSignal,
): Promise<FarAttributes> {
  if (!xattrs && !acls) return {};
  const [of, there] = await Promise.all(
    [source.store, dest.store].map(async (store) => {
      if (store.attributesOf || !store.shell) return undefined;
      askEarly(store.shell.run, tries, signal);
      const place = await answerOf(store);
      return place && tellsAttributes(place.tools) ? createTells(place, { retries: tries, pace }) : undefined;
    }),
  );
  return { ...(of && { of }), ...(there && { there }) };
}

/** Only where those of all else that goes are carried too: by batches, or because there is but one file. */
export async function findFarAttributes(
  { source, dest }: Pick<Between, 'source' | 'dest'>,
  { strategy, preserve }: Pick<TransferRequest, 'strategy' | 'preserve'>,
  hasBatches: boolean,
): Promise<FoundAttributes> {
  const { acls, times, xattrs } = preserve;
  const isWanted = (xattrs || acls) && times && (hasBatches || source.name !== undefined);
  if (!isWanted || !mayBatch(strategy) || !(source.store.shell || dest.store.shell)) return nothing;
  const [from, to] = await Promise.all([answerOf(source.store), answerOf(dest.store)]);
  const tells = from && tellsAttributes(from.tools) ? from : undefined;
  const gives = to && givesAttributes(to.tools) ? to : undefined;
  return {
    carries: isOne(source.store.attributesOf, tells) && isOne(dest.store.giveAttributes, gives),
    create: (how) => ({
      ...(tells && { of: createTells(tells, how) }),
      ...(gives && { give: createGives(gives, how), there: createTells(gives, how) }),
      ...(gives && stripsAttributes(gives.tools) && { strip: createStrips(gives, how) }),
    }),
  };
}

function isOne(...ways: readonly unknown[]): boolean {
  return ways.some((way) => way !== undefined);
}
