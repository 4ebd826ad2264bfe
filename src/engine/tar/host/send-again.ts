/** Batches whose fate nobody knows are sent again, when what was left of them is out of the way. */
import { finished, type RunFar } from '../../../work/far-process.ts';
import { retry } from '../../../work/retry.ts';
import { sweep } from './sweep.ts';

const waitMs = 1000;
const withinMs = 300_000;

type To = { readonly run: RunFar; readonly root: Uint8Array };

/** Directories of ours, each with a name of its own; those that a try may have left are taken away before the next. */
export function stages(ownTag: string): () => string {
  let count = 0;
  return () => `${ownTag}${++count}-stage`;
}

/** `act` is given the name of a directory of ours, another one each time. */
export function sendAgain<T>(
  act: (stage: string) => Promise<T>,
  newStage: () => string,
  to: To,
  { retries }: { readonly retries: number },
  signal: AbortSignal,
): Promise<T> {
  let last: string | undefined;
  const attempt = async () => {
    if (last !== undefined) await sweepAway(to, last, '-', signal);
    last = newStage();
    return act(last);
  };
  return retry(attempt, { tries: retries, waitMs, mostWaitMs: withinMs, withinMs }, signal);
}

/** Takes away directories of ours that begin with `tag`, but not with `own`. */
export async function sweepAway(to: To, tag: string, own: string, signal: AbortSignal): Promise<void> {
  const { script, args } = sweep(to.root, tag, own);
  await using sweeping = await to.run(script, args, signal);
  await finished(sweeping);
}

/** Does it again as long as it may pass. */
export function fetchAgain<T>(
  act: () => Promise<T>,
  { retries }: { readonly retries: number },
  signal: AbortSignal,
): Promise<T> {
  return retry(act, { tries: retries, waitMs, mostWaitMs: withinMs, withinMs }, signal);
}
