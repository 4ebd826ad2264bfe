/** Reading what may change meanwhile: looked at before and after, and again as often as it is worth it. */
import * as c from '../../../work/posix/constants.ts';
import type { Stat } from '../../../work/posix/stat.ts';
import { isRestless, letRest } from './let-rest.ts';
import type { At, Unplaced } from './place.ts';

/**
 * Answers what `attempt` does with the regular file that looked like `stat`; where it changed while it was read, again
 * with a new look at it, which `stat` then holds.
 */
export function whileItChanges<Done extends { readonly ok: true }>(
  from: At,
  stat: Stat,
  retries: number,
  attempt: () => Done | Unplaced,
): Done | Unplaced {
  let answer: Done | Unplaced = changed;
  for (let tries = retries; tries >= 0; tries--) {
    if (letRest(stat)) {
      const gone = lookAgain(from, stat);
      if (gone) return gone;
      if (isRestless(stat)) continue;
    }
    answer = attempt();
    if (answer.ok || answer.side !== 'changed') return answer;
    const gone = lookAgain(from, stat);
    if (gone) return gone;
  }
  return answer;
}

/** The source was not the same before and after. */
export const changed: Unplaced = { ok: false, errno: 0, side: 'changed' };

/** Something else where the file is no file any more. */
function lookAgain({ dir, name }: At, stat: Stat): Unplaced | undefined {
  const gone = stat.at(dir, name);
  if (gone < 0) return { ok: false, errno: gone, side: 'read' };
  return stat.type === c.S_IFREG ? undefined : changed;
}
