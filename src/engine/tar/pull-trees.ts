/** New trees from a place with a shell to this disk: another thread makes and unpacks them, this one fetches. */
import type { CarryTrees } from '../../conduct/trees.ts';
import type { FarPlace } from './between.ts';
import type { PullTo } from './pull.ts';
import type { TreesHow } from './push-trees.ts';
import { noticesChanges } from './send.ts';
import { UnpackThread } from './unpack-thread.ts';

/** Undefined where find or the tar there do not tell enough. */
export function createPullTrees(
  from: FarPlace,
  { root, holder }: PullTo,
  { keep, tag, ownTag, rules, verbose, inlineBytes }: TreesHow,
): (AsyncDisposable & { readonly carry: CarryTrees }) | undefined {
  const { tools } = from;
  if (!tools.findPrintf || !tools.tar?.nulList || !noticesChanges(tools)) return undefined;
  const thread = new UnpackThread(from, {
    root,
    holder,
    rules,
    how: { keep, tag, ownTag },
    verbose,
    inlineBytes,
  });
  const carry: CarryTrees = async (bundle, id, moved, signal) => {
    if (bundle.what === 'entries') return undefined;
    const out = await thread.unpack(bundle, moved, signal);
    return out && { ...out, id };
  };
  return { carry, [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose]() };
}
