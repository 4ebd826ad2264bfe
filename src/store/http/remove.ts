import { isKind } from '../../errors.ts';
import type { RelativePath } from '../path.ts';
import { refusal } from './fault.ts';
import type { Place } from './look.ts';
import { drop } from './wire.ts';

/** Takes one file away; false if it was not there. */
export async function remove(
  { wire, site }: Place,
  path: RelativePath,
  signal: AbortSignal,
): Promise<boolean> {
  const [url, what] = [site.urlOf(path), site.show(path)];
  const ask = { method: 'DELETE', url, headers: {}, what, doing: 'remove', purpose: 'look' } as const;
  const answer = await wire.ask(ask, signal);
  drop(answer);
  if ([200, 202, 204].includes(answer.status)) return true;
  const error = refusal(answer, what, 'remove');
  if (isKind(error, 'missing')) return false;
  throw error;
}
