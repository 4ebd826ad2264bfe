/** What rsyncs have to know, from what was asked and what was found at both ends. */
import type { RsyncSetup } from '../engine/rsync/setup.ts';
import type { TransferRequest } from '../request.ts';
import type { Between } from './between.ts';
import type { Known } from './known.ts';
import type { RsyncFound } from './rsync-tools.ts';
import { commonToCopy, trialOf } from './run-setup.ts';
import { destOf } from './stores-setup.ts';

export function rsyncSetup(
  { source, dest, isNew }: Between,
  found: RsyncFound,
  request: TransferRequest,
  known: Known,
): RsyncSetup {
  const common = commonToCopy(request, known);
  return {
    ...common,
    ...found,
    source: source.store,
    dest: destOf(dest, trialOf(common)),
    searchPath: request.searchPath,
    options: request.rsyncOptions,
    room: `${common.tag}rsync`,
    single: source.name && dest.name,
    rootIsNew: isNew,
  };
}
