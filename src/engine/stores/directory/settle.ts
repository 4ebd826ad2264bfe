/** One directory that a walk found at the source: made where it is missing, what is in its way taken away. */

import { isKind } from '../../../errors.ts';
import { type Descend, descend } from '../../../profile/visitor.ts';
import { type Entry, noMetadata } from '../../../store/entry.ts';
import { splitPath } from '../../../store/path.ts';
import { isMadeWhole, said } from '../metadata/keep-metadata.ts';
import { wantedOf } from '../metadata/same.ts';
import { clearWay } from './chain.ts';
import { within } from './enter.ts';
import type { Here } from './here.ts';
import { hasItsName } from './its-name.ts';

/** Answers whether to go on in it: where it is, or is going to be, a directory at the destination. */
export async function directory(here: Here, entry: Entry): Promise<Descend> {
  here.isEmpty = false;
  const { cases, setup } = here.lane;
  setup.dest.mustHold?.(entry.path);
  if (cases && (await here.isCollision(entry, cases))) return descend.no;
  const present = await here.look(entry);
  if (present?.kind === 'directory') return descend.yes;
  if (present) await clear(here, present);
  return here.lane.together ? descend.fresh : make(here, entry);
}

/** Others may want to make what is listed in it. */
async function clear(here: Here, present: Entry): Promise<void> {
  const { dir, lane } = here;
  if (dir.whole || lane.setup.dryRun) await here.clear(present);
  else await here.change(() => clearWay(lane, present.path));
}

/** It was not there, and is made only now, with others that are found in it: it then costs nothing of its own. */
export async function makeLate({ dir, lane }: Here): Promise<void> {
  const { entry } = dir;
  if (!(dir.whole || dir.alone) || !lane.together) return;
  const above = splitPath(entry.path).dir;
  const alone = () => within(lane, above, (here) => make(here, entry));
  await lane.together.add(undefined, { entry, replaces: undefined, action: 'make', alone });
}

async function make(here: Here, entry: Entry): Promise<Descend> {
  const { ledger, setup, signal } = here.lane;
  const { dest, dryRun } = setup;
  if (!dest.makeDirectory) return descend.yes;
  const isWhole = isMadeWhole(setup);
  const metadata = isWhole
    ? wantedOf(entry, setup)
    : { ...noMetadata, mode: ((entry.mode ?? 0o755) & 0o777) | 0o700 };
  if (!dryRun) {
    here.lane.wrote();
    try {
      const unkept = await here.change(() => dest.makeDirectory!(entry.path, metadata, signal));
      if (isWhole) said(here.lane, entry, unkept);
    } catch (error) {
      if (!isKind(error, 'conflict')) throw error;
      const isIt = (await dest.stat(entry.path, signal))?.kind === 'directory';
      if (isIt && (await hasItsName(here.lane, entry.path))) return descend.yes;
      throw error;
    }
  }
  ledger.did('make', () => entry.path, 0);
  return descend.fresh;
}
