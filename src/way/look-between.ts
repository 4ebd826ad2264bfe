/** Lanes that only look, at a tree or at two of which one at least is not on this machine: over Stores, in this thread. */

import { lanesOver } from '../engine/stores/lanes.ts';
import type { RouteEnd } from '../journal/key.ts';
import type { Location, Places } from '../location/location.ts';
import { inWords } from '../report/in-words.ts';
import type { Preserve } from '../request.ts';
import type { FarAttributes } from '../store/attributes.ts';
import type { OpenStore } from '../store/open.ts';
import { type Between, openBetween, openFrom } from './between.ts';
import { tellFarAttributes } from './far-attributes.ts';
import type { Looking } from './known.ts';
import { type BothLook, notThere, type SourceLook } from './look.ts';
import { toLook } from './opening.ts';
import { refuseUntold, setupToLookBetween } from './stores-setup.ts';

const nowhere: RouteEnd = { kind: 'local', canonical: new Uint8Array(0) };

/** To compare them. Throws 'usage' where one of them is not there. */
export async function lookBetween(
  { source, dest }: Places,
  looking: Looking,
  open: OpenStore,
  signal: AbortSignal,
): Promise<BothLook> {
  refuseUntold(looking);
  await using opened = new AsyncDisposableStack();
  const between = opened.use(await openBetween(source, dest, toLook(open), signal));
  if (between.isNew) throw notThere(dest);
  const setup = setupToLookBetween(between, looking);
  const farAttributes = await tellFarAttributes(between, setup, signal);
  const held = opened.move();
  return {
    ends: between,
    single: between.source.name,
    lanes: () => lanesOver({ ...setup, farAttributes }),
    untold: untoldOf(between, farAttributes, looking.preserve),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** What of attributes cannot be compared with a host; elsewhere nobody expects any. */
function untoldOf(
  { source, dest }: Between,
  { of, there }: FarAttributes,
  { xattrs, acls }: Preserve,
): string | undefined {
  const areTold = (source.store.attributesOf ?? of) && (dest.store.attributesOf ?? there);
  if (areTold || (source.kind !== 'ssh' && dest.kind !== 'ssh')) return undefined;
  return inWords([xattrs && 'extended attributes', acls && 'access control lists']) || undefined;
}

/** To count what it holds. */
export async function lookOver(
  source: Location,
  looking: Looking,
  open: OpenStore,
  signal: AbortSignal,
): Promise<SourceLook> {
  refuseUntold(looking);
  const opened = await openFrom(source, toLook(open), signal);
  const both = { source: opened.source, dest: opened.source };
  return {
    ends: { ...opened, dest: nowhere },
    single: opened.source.name,
    lanes: () => lanesOver(setupToLookBetween(both, looking)),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}
