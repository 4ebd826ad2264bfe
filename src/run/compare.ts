/** The comparison that --verify asks for, when all has been moved. */
import type { Score } from '../conduct/score/score.ts';
import { TransferError } from '../errors.ts';
import type { Places } from '../location/location.ts';
import type { Means } from '../means.ts';
import type { Event, Report } from '../report/events.ts';
import type { TransferRequest } from '../request.ts';
import type { Compared } from '../verify.ts';
import { failedIn } from './begin.ts';
import type { Ready } from './ready.ts';

type Moved = {
  readonly ready: Ready;
  readonly request: TransferRequest;
  readonly score: Score;
  /** what was said of the list of names, which is read again */
  readonly remarks: readonly Event[];
};

/** Every byte of what there was to move, and what was to be kept of it. Undefined: not asked for, or not all is there. */
export async function compare(places: Places, moved: Moved, means: Means): Promise<Compared | undefined> {
  const { ready, request, score, remarks } = moved;
  if (!request.verify || request.dryRun || !score.isComplete || score.full || score.barrierFailed)
    return undefined;
  const { lessLosses, verify } = await import('../verify.ts');
  const { xattrs, acls } = request.preserve;
  const { carries } = ready.way;
  const carried = { ...request.preserve, xattrs: xattrs && carries.xattrs, acls: acls && carries.acls };
  const preserve = lessLosses(carried, score.notices);
  const failed = failedIn(ready.journal, request);
  const wanted = { ...request, preserve, oneWay: true, checksum: true, failed };
  return verify(places, wanted, { ...means, report: unsaid(remarks, means.report) });
}

function unsaid(remarks: readonly Event[], report: Report): Report {
  const said = new Set(remarks.map((remark) => remark.type === 'warning' && remark.message));
  return (event) => {
    if (event.type !== 'warning' || !said.has(event.message)) report(event);
  };
}

/** Throws 'usage' where the list of names would have to be read twice, and cannot be. */
export function refuseReadingTwice({ verify, filesFrom }: TransferRequest): void {
  if (!verify || filesFrom?.kind !== 'file' || filesFrom.path !== '-') return;
  throw new TransferError('usage', '--verify reads the list again, which standard input cannot give twice', {
    hint: 'put the list into a file',
  });
}
