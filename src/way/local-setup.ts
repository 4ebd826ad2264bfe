/** What the lanes of a run have to know, from what was asked and what was found at both ends. */
import type { LaneSetup } from '../engine/parallel/lane-setup.ts';
import type { TransferRequest } from '../request.ts';
import { holderOf } from '../store/local/probe/holder.ts';
import { probe, usual } from '../store/local/probe/probe.ts';
import { takeUmask } from '../work/umask.ts';
import type { Known, Looking } from './known.ts';
import type { Ends } from './local-ends.ts';
import { commonToCopy, commonToLook, trialOf } from './run-setup.ts';

type Setup = Omit<LaneSetup, 'shared'>;

/** For lanes that only look, at one tree or at two. */
export function setupToLook(ends: Ends, looking: Looking): Setup {
  const found = foundAt(ends, undefined);
  return {
    ...commonToLook(looking),
    ...endsOf(ends),
    oneFileSystem: looking.oneFileSystem,
    holder: { ...holderOf(found, takeUmask()), groups: undefined },
    trust: false,
    leftPath: undefined,
  };
}

/** For lanes that copy. */
export function setupToCopy(ends: Ends, request: TransferRequest, known: Known): Setup {
  const common = commonToCopy(request, known);
  const found = foundAt(ends, trialOf(common));
  const { trust, leftPath } = known;
  const { oneFileSystem } = request;
  return { ...common, ...endsOf(ends), oneFileSystem, holder: holderOf(found, takeUmask()), trust, leftPath };
}

function endsOf({
  source,
  dest,
  single,
  isNew,
}: Ends): Pick<Setup, 'source' | 'dest' | 'single' | 'rootIsNew'> {
  return { source, dest, single: single?.to, rootIsNew: isNew };
}

function foundAt({ dest, isNew }: Ends, trial: Buffer | undefined) {
  return isNew && !trial ? usual : probe(dest, trial);
}
