/** One entry that is neither a file nor a directory: symlinks are made, of others it is said that they are not. */
import { isKind, TransferError } from '../../../errors.ts';
import { show } from '../../../report/show.ts';
import type { Entry, Special } from '../../../store/entry.ts';
import type { Here } from '../directory/here.ts';
import { giveLike } from '../metadata/attributes.ts';
import { finely } from '../metadata/finely.ts';
import { keepSame, said } from '../metadata/keep-metadata.ts';
import { lostUntimed, wantedOf } from '../metadata/same.ts';

export async function settleSymlink(here: Here, link: Entry): Promise<void> {
  const present = await here.look(link);
  const { together } = here.lane;
  const alone = () => settleSymlinkAlone(here, link, present);
  if (present || !together) return alone();
  return together.add(here, { entry: link, replaces: undefined, action: 'make', alone });
}

async function settleSymlinkAlone(here: Here, listed: Entry, present: Entry | undefined): Promise<void> {
  const link = await finely(here.lane, listed);
  const { setup, ledger, signal } = here.lane;
  const { source, dest } = setup;
  const target = await source.readLink?.(link.path, signal);
  if (!target)
    throw new TransferError('missing', `cannot read ${show(link.path)}: it is no symlink any more`);
  if (present && (await leadsTo(here, present, target))) return keepSame(here, link, present);
  if (!dest.makeSymlink) throw noSymlinks(link);
  if (present) await here.clear(present);
  if (setup.dryRun) return ledger.did('make', () => link.path, 0);
  const metadata = { ...wantedOf(link, setup), mode: undefined };
  here.lane.wrote();
  const path = here.target(link);
  try {
    said(here.lane, link, await here.change(() => dest.makeSymlink!(path, target, metadata, signal)));
    await giveLike(here.lane, link.path, path);
  } catch (error) {
    const there = isKind(error, 'conflict') ? await dest.stat(path, signal) : undefined;
    if (!there || !(await leadsTo(here, there, target))) throw error;
    return keepSame(here, link, there); // only the answer was lost
  }
  ledger.did('make', () => link.path, 0);
}

async function leadsTo({ lane }: Here, present: Entry, target: Uint8Array): Promise<boolean> {
  if (present.kind !== 'symlink') return false;
  const there = await lane.setup.dest.readLink?.(present.path, lane.signal);
  return there !== undefined && Buffer.compare(there, target) === 0;
}

function noSymlinks({ path }: Entry): TransferError {
  return new TransferError('unsupported', `cannot make ${show(path)}: the destination holds no symlinks`, {
    hint: 'leave it out with --exclude, or choose a destination that can',
  });
}

/** Few stores make FIFOs, sockets and devices, but batches may; one that is there is kept as it should be. */
export async function settleSpecial(here: Here, entry: Entry): Promise<void> {
  const { ledger, setup } = here.lane;
  const present = setup.keep.specials ? await here.look(entry) : undefined;
  if (present && isSameSpecial(entry, present)) return keepSame(here, entry, present);
  const { batches, dest, dryRun } = setup;
  const byItself = dest.makeSpecial !== undefined && specialOf(entry) !== undefined;
  const isMade = setup.keep.specials && (byItself || batches?.takes(entry));
  if (!isMade) return ledger.notice('special');
  if (present?.kind === 'directory') await here.clear(present);
  if (dryRun) return ledger.did('make', () => entry.path, 0);
  const replaces = present?.kind === 'directory' ? undefined : present;
  const alone = async () => (dest.makeSpecial ? make(here, entry, replaces) : ledger.notice('special'));
  const { together } = here.lane;
  if (!together || (replaces && byItself)) return alone();
  if (!byItself) ledger.lost(lostUntimed(entry, [], setup)); // a batch does not say that a time was beyond what is told
  return together.add(here, { entry, replaces, action: 'make', alone });
}

/** Devices need rights that most have not: then they are passed over. */
async function make(here: Here, entry: Entry, present: Entry | undefined): Promise<void> {
  const { ledger, setup, signal } = here.lane;
  const special = specialOf(entry);
  if (!special) return ledger.notice('special');
  if (present) await here.clear(present);
  const metadata = wantedOf(await finely(here.lane, entry), setup);
  here.lane.wrote();
  const path = here.target(entry);
  try {
    said(here.lane, entry, await here.change(() => setup.dest.makeSpecial!(path, special, metadata, signal)));
    await giveLike(here.lane, entry.path, path);
  } catch (error) {
    if (isKind(error, 'denied') && 'major' in special) return ledger.notice('special');
    const there = isKind(error, 'conflict') ? await setup.dest.stat(path, signal) : undefined;
    if (!there || !isSameSpecial(entry, there)) throw error;
    return keepSame(here, entry, there); // only the answer was lost
  }
  ledger.did('make', () => entry.path, 0);
}

/** Undefined where nobody says which device it is. */
function specialOf(entry: Entry): Special | undefined {
  const { kind } = entry;
  if (kind === 'fifo' || kind === 'socket') return { kind };
  if (kind !== 'block' && kind !== 'character') return undefined;
  const { major, minor } = entry;
  return major === undefined || minor === undefined ? undefined : { kind, major, minor };
}

/** Of two that are no files, directories or symlinks. */
export function isSameSpecial(source: Entry, dest: Entry): boolean {
  if (source.kind !== dest.kind) return false;
  if (!('major' in source) || !('major' in dest)) return true;
  if (source.major === undefined || dest.major === undefined) return true; // as far as anybody can say
  return source.major === dest.major && source.minor === dest.minor;
}
