/** One regular file: left alone where it is the same, copied here where it is small, handed back where it is large. */
import { changedFault } from '../../conduct/faults/changed.ts';
import { sameTime } from '../../store/local/metadata/metadata.ts';
import { type Both, type Placed, type Placing, place } from '../../store/local/place/place.ts';
import { whileItChanges } from '../../store/local/place/steady.ts';
import type { Target } from '../../store/local/place/target.ts';
import * as c from '../../work/posix/constants.ts';
import { keepName, type Name } from '../../work/posix/dirents.ts';
import { faccessat } from '../../work/posix/libc.ts';
import { Stat } from '../../work/posix/stat.ts';
import { sameContent } from './content.ts';
import type { Here } from './here.ts';
import { keepSame } from './same.ts';

export type CopyHow = {
  /** copy large files here and now */
  readonly inline: boolean;
  /** do not hand back names with several links */
  readonly linksToo: boolean;
  /** what changed at the destination since then (ns) is not believed, however good it looks */
  readonly suspectSince: bigint | undefined;
};

export function settleRegular(here: Here, name: Name, stat: Stat, how: CopyHow): void {
  const present = here.look(name);
  if (present === 'failed') return;
  const from = { dir: here.dir.fd, name: name.at };
  const to = { dir: here.target?.fd ?? -1, name: here.destName(name) };
  const isThere = present !== undefined && isSame(here, { from, to, stat, present }, how);
  if (isThere && keepSame(here, name, { from, to, stat, present })) return;
  const isCleared = present?.type === c.S_IFDIR;
  if (isCleared && !here.clear(name, present)) return;
  const existing = isCleared ? undefined : present;
  const isBig = stat.size > here.lane.setup.inlineBytes && !how.inline;
  if (here.lane.setup.dryRun || !here.target) dryRun(here, name, stat, existing);
  else if (isBig) handBack(here, name, stat, existing);
  else copy(here, name, { from, to, stat, existing, target: here.target });
}

function isSame(here: Here, both: Both, { suspectSince }: CopyHow): boolean {
  const { stat, present } = both;
  if (present.type !== c.S_IFREG || present.size !== stat.size) return false;
  const isSuspect = suspectSince !== undefined && present.ctime >= suspectSince;
  if (isSuspect && !here.prints.isUntouched(present)) return false;
  return sameContent(here, both);
}

function dryRun(here: Here, name: Name, stat: Stat, existing: Stat | undefined): void {
  const { ledger } = here.lane;
  const unread = faccessat(here.dir.fd, name.at, c.R_OK, 0);
  if (unread < 0) return here.failed(name, unread, 'read');
  ledger.did(existing ? 'update' : 'copy', () => here.path(name), stat.size);
  ledger.hollow(stat.size, stat.blocks * 512);
}

type Copy = Placing & { readonly target: Target };

function copy(here: Here, name: Name, given: Copy): void {
  const { ledger } = here.lane;
  const placed = tryToPlace(here, given);
  if (placed.ok) {
    ledger.lost(placed.lost);
    ledger.did(given.existing ? 'update' : 'copy', () => here.path(name), given.stat.size);
    ledger.hollow(given.stat.size, given.stat.blocks * 512);
    here.prints.keepAs(name, given.stat, placed.lost);
  } else if (!given.existing && placed.errno === -c.EEXIST && isThereNow(here, given)) {
    ledger.skipped(given.stat.size); // two lanes had its name
  } else if (placed.side === 'changed') ledger.failed(changedFault(here.path(name)));
  else here.failed(name, placed.errno, placed.side);
}

function isThereNow({ lane }: Here, { to, stat }: Copy): boolean {
  const now = new Stat();
  if (now.at(to.dir, to.name) < 0 || now.type !== c.S_IFREG || now.size !== stat.size) return false;
  return sameTime(stat, now, lane.setup.holder);
}

function tryToPlace(here: Here, given: Copy): Placed {
  return whileItChanges(given.from, given.stat, here.lane.setup.retries, () => placeOnce(here, given));
}

function placeOnce(here: Here, copy: Copy): Placed {
  let placed: Placed = { ok: false, errno: 0, side: 'changed' };
  copy.target.change(() => {
    placed = place(copy, here.lane.how);
    return placed.ok || placed.side === 'changed' ? 0 : placed.errno;
  });
  return placed;
}

function handBack(here: Here, name: Name, stat: Stat, existing: Stat | undefined): void {
  here.lane.ledger.out.bigs.push({
    dir: here.dir.path,
    name: Uint8Array.of(...keepName(name), 0),
    bytes: stat.size,
    print: stat.printText(),
    partial: '',
    sparse: stat.blocks * 512 < stat.size,
    over: existing?.mark ?? '',
  });
}
