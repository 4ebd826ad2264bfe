/** How both ends of a way are opened. */
import type { TransferRequest } from '../request.ts';
import type { OpenStore } from '../store/open.ts';
import type { RetryHow } from '../store/retrying.ts';
import type { Making } from './local-ends.ts';
import { patience } from './waits.ts';
import type { Opens } from './way.ts';

export type Opening = Making & {
  readonly open: OpenStore;
  readonly patience: RetryHow;
  /** an address that is signed for one file is written to without a look at it */
  readonly believes?: true;
};

/** To move there what was asked for. */
export function toMove({ dryRun, preserve, retries }: TransferRequest, { open, waits }: Opens): Opening {
  return { open, patience: patience(retries, waits), make: !dryRun, keepsMode: preserve.mode };
}

const tries = 3;

/** To look at what is there. */
export function toLook(open: OpenStore): Opening {
  return { open, patience: patience(tries), make: false, keepsMode: true };
}
