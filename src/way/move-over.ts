/** The work of a way between two Stores, told with what there is beside the Stores themselves. */
import type { StoresSetup } from '../engine/stores/setup.ts';
import { stores } from '../engine/stores/stores.ts';
import type { FarPlace } from '../engine/tar/far-place.ts';
import { largeBytes } from '../plan/route.ts';
import type { TransferRequest } from '../request.ts';
import type { CreateBatches } from './batches.ts';
import type { Between } from './between.ts';
import { deltaBetween } from './delta.ts';
import { byClockOf } from './destination.ts';
import { DirectBetween } from './direct.ts';
import type { FoundAttributes } from './far-attributes.ts';
import { setupBetween } from './stores-setup.ts';
import type { Carrying } from './unkept.ts';
import type { Way } from './way.ts';

/** What was found beside the Stores. */
export type Beside = {
  /** undefined: each entry goes alone */
  readonly found: CreateBatches | undefined;
  readonly far: FoundAttributes;
  readonly rights: ReturnType<typeof rightsOf>;
  /** undefined: nothing goes in batches, or who takes them reads this disk himself */
  readonly carrying: Carrying | undefined;
  /** new trees go with all else */
  readonly isOne: boolean;
};

export function moveOver(
  between: Between,
  request: TransferRequest,
  ways: Beside,
  signal: AbortSignal,
): Way['move'] {
  const { source, dest } = between;
  const { found, far, isOne } = ways;
  return async (known, order, telling) => {
    const { score, report, control } = telling;
    const setup = setupOver(between, setupBetween(between, request, known), ways);
    const again = 'what it was at is tried again';
    const warn = (message: string) => report({ type: 'warning', message, hint: again });
    await using made = found?.(setup, warn);
    const { batches: together, carryTrees } = made ?? {};
    const delta = request.strategy === 'auto' ? deltaBetween(between, request, known, signal) : undefined;
    const goesDirect = request.direct && !request.dryRun;
    await using direct = goesDirect ? new DirectBetween(between, report, signal) : undefined;
    const whole = {
      ...setup,
      batches: together,
      carryTrees: isOne || setup.dest.foldsCase ? undefined : carryTrees,
      delta,
      direct,
      farAttributes: far.create(setup),
      comparedSince: compares(between, far) ? byClockOf(source.store, known.comparedSince) : 0n,
    };
    await stores({ ...order, setup: whole }, telling);
    if (score.isComplete && !request.dryRun) await dest.store.seal?.(control.signal);
    score.compression = made?.compression() ?? [];
    score.direct = direct?.used();
  };
}

function setupOver(between: Between, asked: StoresSetup, { rights, carrying }: Beside): StoresSetup {
  const keep = carrying?.isLostThere ? { ...asked.keep, xattrs: false, acls: false } : asked.keep;
  const setup = { ...asked, ...rights, keep };
  const goesPacked = carrying && (between.source.store.shell ?? between.dest.store.shell);
  return goesPacked ? { ...setup, inlineBytes: largeBytes(between) } : setup;
}

/** Attributes of what looks the same at both ends. */
export function compares({ isNew }: Between, { carries }: FoundAttributes): boolean {
  return carries && !isNew;
}

/** To whom a user of a host may give files there; nothing where that is not known. */
export function rightsOf(place: FarPlace | undefined) {
  return place && { givesAway: place.tools.uid === 0, groups: place.tools.groups };
}
