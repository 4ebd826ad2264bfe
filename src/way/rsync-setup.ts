/** What rsyncs have to know, from what was asked and what was found at both ends. */
import type { RsyncSetup } from '../engine/rsync/setup.ts';
import type { TransferRequest } from '../request.ts';
import type { Between } from './between.ts';
import type { End } from './end.ts';
import { type Known, sizes } from './known.ts';
import type { RsyncFound } from './rsync-tools.ts';
import { destOf } from './stores-setup.ts';
import { tagsOf } from './tags.ts';

export function rsyncSetup(
  { source, dest, isNew }: Between,
  found: RsyncFound,
  request: TransferRequest,
  known: Known,
): RsyncSetup {
  const { key, sweep, spared, suspectSince } = known;
  const { tag, ownTag } = tagsOf(key);
  return {
    ...found,
    source: source.store,
    dest: dest.store,
    searchPath: request.searchPath,
    options: request.rsyncOptions,
    room: `${tag}rsync`,
    single: source.name && dest.name,
    rootIsNew: isNew,
    rules: request.rules,
    keep: request.preserve,
    dryRun: request.dryRun,
    checksum: request.checksum,
    verbose: request.verbose || request.dryRun,
    retries: request.retries,
    tag,
    ownTag,
    sweep,
    spared,
    suspectSince,
    bytesPerSecond: request.bytesPerSecond,
    ...sizes,
  };
}

/** With what a disk of this machine was found to hold. */
export function tried(setup: RsyncSetup, dest: End): RsyncSetup {
  const trial = setup.dryRun ? undefined : Buffer.from(`${setup.ownTag}trial`);
  return { ...setup, dest: destOf(dest, trial) };
}
