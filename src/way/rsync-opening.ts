/** How the ends of a way are opened that rsync goes: a host is asked which one it has as soon as it is met. */
import { askFar } from '../engine/rsync/program/tools.ts';
import type { Location } from '../location/location.ts';
import type { TransferRequest } from '../request.ts';
import type { RunFar } from '../work/far-process.ts';
import { heardLater } from '../work/heard-later.ts';
import { foresee, makesTree } from './foresee.ts';
import { type Opening, toMove } from './opening.ts';
import type { Opens } from './way.ts';

export type RsyncOpening = Opening & {
  /** What the host said, where one was met. */
  readonly asked: () => Promise<string> | undefined;
};

export function rsyncOpening(
  from: Location,
  request: TransferRequest,
  { open, waits }: Opens,
  signal: AbortSignal,
): RsyncOpening {
  let asked: Promise<string> | undefined;
  const meets = (run: RunFar) => {
    asked = heardLater(askFar(run, signal));
  };
  const asking: Opens['open'] = (place, end) =>
    open(place, end, {
      movesMuch: foresee(from, place, request).movesMuch,
      makes: end === 'dest' && makesTree(from, request), // which finds out whether it tells upper from lower case
      makesBare: request.preserve.acls,
      meets,
      waits,
    });
  return { ...toMove(request, { open: asking, waits }), asked: () => asked };
}
