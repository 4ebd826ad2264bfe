/** Entries of which only the attributes are other than those of the source, on a host: small ones go anew, many together. */
import { differingKinds, isAcl } from '../../store/attributes.ts';
import { splitPath } from '../../store/path.ts';
import { each } from '../../work/each.ts';
import { type Doubt, unlessPutRight, type Worn, wornOf } from './doubts.ts';
import { Reentered } from './enter.ts';
import { keepSame } from './keep.ts';
import type { Lane } from './lane.ts';

const atOnce = 1000; // they wait for answers

/** After a walk, whose directories are settled. */
export async function dressWorn(lane: Lane): Promise<void> {
  const all = await lane.doubts?.take(lane.signal);
  if (!all || all.length === 0) return;
  await using directories = new Reentered(lane);
  const isDirectory = ({ entry }: Worn) => entry.kind === 'directory';
  const [dirs, files] = [all.filter(isDirectory), all.filter((worn) => !isDirectory(worn))];
  await each(atOnce, files, lane.signal, async (worn) => {
    try {
      const here = await directories.at(splitPath(worn.entry.path).dir);
      await dress({ ...worn, here });
      if (here.isBatched) here.touched = true; // a batch leaves it as it was then
    } catch (error) {
      lane.failed(worn.entry.path, error);
    }
  });
  for (const { here } of dirs) {
    here.isBatched = true;
    await lane.together?.leave(here);
  }
  await lane.together?.flush();
  await each(atOnce, dirs, lane.signal, said);
}

/** At once. */
export async function settleDoubt(doubt: Doubt): Promise<void> {
  const worn = await unlessPutRight(doubt);
  if (worn) await dress(worn);
}

async function dress({ again, here, entry, present, wanted, there }: Worn): Promise<void> {
  if (again) return again(here);
  const { ledger, setup, signal } = here.lane;
  const like = { mode: entry.mode, attributes: wanted };
  here.lane.wrote();
  ledger.lost(await here.change(() => setup.farAttributes.give!(here.target(entry), like, signal)));
  ledger.notice('xattr', [...there.keys()].filter((name) => !wanted.has(name) && !isAcl(name)).length);
  await keepSame(here, entry, present, true);
}

/** A batch tells directories what they have, and not what they have no more. */
async function said(worn: Worn): Promise<void> {
  const { ledger } = worn.here.lane;
  try {
    const left = await wornOf(worn);
    if (!left) return ledger.did('repair', () => worn.entry.path, 0);
    for (const kind of differingKinds(left.wanted, left.there)) ledger.notice(kind);
  } catch (error) {
    worn.here.lane.failed(worn.entry.path, error);
  }
}
