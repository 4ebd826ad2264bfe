/** New trees from a place with a shell to this disk: another thread makes and unpacks them, this one fetches. */
import type { CarryTrees } from '../../conduct/carry-trees.ts';
import { isLong } from '../../plan/route.ts';
import type { FarSource } from './from-host.ts';
import { noticesChanges } from './host/send.ts';
import type { PullTo } from './pull.ts';
import type { TreesHow } from './push-trees.ts';
import { UnpackThread } from './trees/unpack-thread.ts';

const most = { entries: 100_000, bytes: 2 ** 30 };

/** Undefined where find or the tar there do not tell enough. */
export function createPullTrees(
  { place: from, store }: FarSource,
  { root, holder }: PullTo,
  { keep, tag, ownTag, rules, verbose, inlineBytes, worker }: TreesHow,
): (AsyncDisposable & { readonly carry: CarryTrees }) | undefined {
  const { tools } = from;
  if (!tools.findPrintf || !tools.tar?.nulList || !noticesChanges(tools)) return undefined;
  const isFar = isLong(from);
  const setup = { root, holder, rules, how: { keep, tag, ownTag }, verbose, inlineBytes, isFar, most };
  const expectsMuch = () => store.expectMuch?.();
  const thread = new UnpackThread(from, setup, { ready: worker, expectsMuch });
  let isBegun = false;
  const carry: CarryTrees = async (bundle, id, moved, signal) => {
    if (bundle.what === 'entries') return undefined;
    const isAll = bundle.dir.length === 0 && bundle.names[0] === 0;
    if (isAll && (isBegun || !isFar)) return undefined; // on a short line many look at it at once
    isBegun = true;
    if (isAll) from.widen?.();
    const out = await thread.unpack(bundle, moved, signal);
    return out && { ...out, id };
  };
  return { carry, [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose]() };
}
