/** Copies one file as it is by the time it is read: again as long as it changes, and not where it is there already. */
import { changedFault } from '../../../conduct/faults/changed.ts';
import { isKind } from '../../../errors.ts';
import type { Entry, FileEntry, Metadata } from '../../../store/entry.ts';
import { giveBack } from '../../../work/chunk-memory.ts';
import type { Here } from '../directory/here.ts';
import { hasItsName } from '../directory/its-name.ts';
import { withAttributes } from '../metadata/attributes.ts';
import { sameTime } from '../metadata/clock.ts';
import { finely } from '../metadata/finely.ts';
import { saidOfFile } from '../metadata/keep-metadata.ts';
import { sourceInFull } from './in-full.ts';

/** Writes it, over what may be replaced: again with a new look at the source, as long as it changes while it is read. */
export async function copy(here: Here, file: FileEntry, existing: Entry | undefined): Promise<void> {
  const { lane } = here;
  for (let seen = file, tries = lane.setup.retries; ; tries--) {
    try {
      return await write(here, seen, existing);
    } catch (error) {
      if (isKind(error, 'conflict') && (await isThereNow(here, seen))) return;
      const mayPass = isKind(error, 'changed') || (isKind(error, 'corrupt') && tries > 0);
      if (!mayPass) throw error;
    }
    const now = tries > 0 ? await lane.setup.source.stat(file.path, lane.signal) : undefined;
    if (now?.kind !== 'file') return lane.ledger.failed(changedFault(file.path));
    seen = now;
  }
}

async function write(here: Here, seen: FileEntry, existing: Entry | undefined): Promise<void> {
  const { lane } = here;
  const { file: opened, body } = await lane.opened(seen);
  const file = await finely(lane, opened, seen.finelyNs);
  const { setup, ledger } = lane;
  const target = here.target(file);
  const how = {
    replaces: existing,
    partial: lane.partialName(),
    durable: setup.durable && !setup.dest.sync,
  };
  lane.wrote();
  const writeAs = (metadata: Metadata) => setup.dest.write(target, body, { ...how, metadata }, lane.signal);
  const made = await here.change(() => withAttributes(lane, file, { target, replaced: existing }, writeAs));
  lane.board.arrived();
  if (body.held) giveBack(body.held); // where it failed, somebody may be reading it still
  here.remembered.keep(seen, file, made.entry);
  saidOfFile(lane, file, made.entry, made.unkept);
  ledger.did(existing ? 'update' : 'copy', () => file.path, file.size);
  ledger.hollow(file.size, file.allocated);
}

/** Two lanes had its name, or it was written and only the answer was lost. */
async function isThereNow(here: Here, file: FileEntry): Promise<boolean> {
  const { ledger, setup, signal } = here.lane;
  const target = here.target(file);
  const now = await setup.dest.stat(target, signal);
  const seen = await sourceInFull(setup.source, file, signal);
  const isAlike = now?.kind === 'file' && now.size === seen.size && sameTime(seen, now, setup);
  if (!isAlike || !(await hasItsName(here.lane, target))) return false;
  ledger.skipped(file.size);
  return true;
}
