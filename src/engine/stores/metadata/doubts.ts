/**
 * What looks the same at both ends and may have other attributes all the same. Where it takes programs on a host to tell,
 * many are asked for at a time; what has other ones gets those of the source, at once where the destination takes them.
 */
import { differingKinds } from '../../../store/attributes.ts';
import type { Entry } from '../../../store/entry.ts';
import { ManyAtOnce } from '../../../work/many-at-once.ts';
import type { Here } from '../directory/here.ts';
import type { Lane } from '../lane.ts';
import { attributesOfBoth, type Both } from './attributes.ts';
import { keepSame } from './keep-metadata.ts';
import { differing, differingDirectory } from './same.ts';

export type Doubt = {
  readonly here: Here;
  readonly entry: Entry;
  readonly present: Entry;
  /** sends it anew, with others; absent: it is large, or there are no others */
  readonly again?: (here: Here) => Promise<void>;
};

/** One that has other attributes than those of the source. */
export type Worn = Doubt & Both;

const askedAtOnce = 1000;

export class Doubts {
  readonly #worn: Worn[] = [];
  readonly #doubts = new ManyAtOnce<Doubt>(askedAtOnce, async (doubt) => {
    try {
      const worn = await unlessPutRight(doubt);
      if (worn) this.#worn.push(worn);
    } catch (error) {
      doubt.here.lane.failed(doubt.entry.path, error);
    }
  });

  /** Resolves when there is room for more. */
  add(doubt: Doubt): Promise<void> {
    return this.#doubts.add(doubt, doubt.here.lane.signal);
  }

  /** Those that do not get them as easily as that. */
  async take(signal: AbortSignal): Promise<Worn[]> {
    await this.#doubts.end(signal);
    return this.#worn.splice(0);
  }
}

/** Whether what looks the same may have other attributes: they changed since somebody compared them, or nobody says when. */
export function isDoubtful({ setup: { comparedSince } }: Lane, entry: Entry): boolean {
  if (comparedSince === 0n) return false;
  const changedNs = changeOf(entry);
  return changedNs === undefined || changedNs >= comparedSince;
}

/** When anything of it last changed, by its place's clock, maybe without its fraction of a second. */
export function changeOf({ changedNs, changedSeconds }: Entry): bigint | undefined {
  return changedNs ?? (changedSeconds === undefined ? undefined : BigInt(changedSeconds) * 1_000_000_000n);
}

/** A file that gets another owner, and by that loses its capabilities, if it has them still. */
export function isGivenAway({ lane: { rights, setup } }: Here, entry: Entry, present: Entry): boolean {
  return entry.kind === 'file' && differing(entry, present, setup, rights.givesAway).includes('owner');
}

/** Undefined where its attributes are those of the source, and stay so. */
export async function wornOf(doubt: Doubt): Promise<Worn | undefined> {
  const { entry, here, present } = doubt;
  const both = await attributesOfBoth(here.lane, entry, here.target(entry));
  if (!both) return undefined;
  const loses = isGivenAway(here, entry, present) && both.wanted.has('security.capability');
  return loses || differingKinds(both.wanted, both.there).length > 0 ? { ...doubt, ...both } : undefined;
}

/** Undefined where nothing is left to do. */
export async function unlessPutRight(doubt: Doubt): Promise<Worn | undefined> {
  const worn = await wornOf(doubt);
  const { dest, dryRun } = doubt.here.lane.setup;
  if (worn && !dryRun && !dest.giveAttributes) return worn;
  if (worn?.again && !dest.giveAttributes) {
    await worn.again(worn.here);
    return undefined;
  }
  await keep(doubt, worn !== undefined);
  if (worn && !dryRun) await putRight(worn);
  return undefined;
}

async function putRight({ here, entry, wanted }: Worn): Promise<void> {
  const { ledger, setup, signal } = here.lane;
  here.lane.wrote();
  ledger.lost(await setup.dest.giveAttributes!(here.target(entry), wanted, setup.keep, signal));
}

async function keep({ here, entry, present }: Doubt, isWorn: boolean): Promise<void> {
  if (entry.kind !== 'directory') return keepSame(here, entry, present, isWorn);
  const { ledger, rights, setup } = here.lane;
  const isSaid = differingDirectory(entry, present, setup, rights.givesAway).length > 0;
  if (isWorn && !isSaid) ledger.did('repair', () => entry.path, 0);
}
