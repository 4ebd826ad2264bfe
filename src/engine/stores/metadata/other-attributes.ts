/** Entries of which only the attributes are other than those of the source, on a host: small ones go anew, many together. */
import { differingKinds, isAcl } from '../../../store/attributes.ts';
import { splitPath } from '../../../store/path.ts';
import { each } from '../../../work/each.ts';
import { Reentered } from '../directory/enter.ts';
import type { Lane } from '../lane.ts';
import { attributesOfBoth } from './attributes.ts';
import { type Doubt, unlessPutRight, type Worn, wornOf } from './doubts.ts';
import { keepSame } from './keep-metadata.ts';

const atOnce = 1000; // they wait for answers

/** After a walk, whose directories are settled. */
export async function dressWorn(lane: Lane): Promise<void> {
  const all = await lane.doubts?.take(lane.signal);
  if (!all || all.length === 0) return;
  await using directories = new Reentered(lane);
  const isDirectory = ({ entry }: Worn) => entry.kind === 'directory';
  const [dirs, files] = [all.filter(isDirectory), all.filter((worn) => !isDirectory(worn))];
  await ofEach(lane, files, async (worn) => {
    const here = await directories.at(splitPath(worn.entry.path).dir);
    await dress({ ...worn, here });
    if (here.isBatched) here.touched = true; // a batch leaves it as it was then
  });
  await ofEach(lane, dirs, strip);
  for (const { here } of dirs) {
    here.isBatched = true;
    await lane.together?.leave(here);
  }
  await lane.together?.flush();
  await each(atOnce, dirs, lane.signal, said);
}

/** What cannot be done for one of them fails by its name. */
async function ofEach(
  lane: Lane,
  all: readonly Worn[],
  act: (worn: Worn) => Promise<unknown>,
): Promise<void> {
  await each(atOnce, all, lane.signal, async (worn) => {
    try {
      await act(worn);
    } catch (error) {
      lane.failed(worn.entry.path, error);
    }
  });
}

/** At once. */
export async function settleDoubt(doubt: Doubt): Promise<void> {
  const worn = await unlessPutRight(doubt);
  if (worn) await dress(worn);
}

async function dress(worn: Worn): Promise<void> {
  const { again, here, entry, present, wanted } = worn;
  if (again) return again(here);
  const { ledger, setup, signal } = here.lane;
  const like = { mode: entry.mode, attributes: wanted };
  await keepSame(here, entry, present, true);
  const gone = await strip(worn);
  ledger.lost(await here.change(() => setup.farAttributes.give!(here.target(entry), like, signal)));
  const left = gone.length > 0 && (await attributesOfBoth(here.lane, entry, here.target(entry)));
  if (left) ledger.notice('xattr', gone.filter((name) => !isAcl(name) && left.there.has(name)).length);
}

/** Takes away what the source has no more, as far as the host can, and answers what that is. */
async function strip({ here, entry, wanted, there }: Worn): Promise<readonly string[]> {
  const { farAttributes } = here.lane.setup;
  const gone = [...there.keys()].filter((name) => !wanted.has(name));
  here.lane.wrote();
  if (gone.length > 0) await farAttributes.strip?.(here.target(entry), gone, here.lane.signal);
  return gone;
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
