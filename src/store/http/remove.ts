import { isKind } from '../../errors.ts';
import type { RelativePath } from '../path.ts';
import { refusal, trouble } from './fault.ts';
import { lookAt, type Place } from './look.ts';
import { drop } from './wire.ts';

/** Takes one file away; false if it was not there. Never a directory: servers take all that is in it too. */
export async function remove(place: Place, path: RelativePath, signal: AbortSignal): Promise<boolean> {
  const { wire, site } = place;
  const [url, what] = [site.urlOf(path), site.show(path)];
  const there = await lookAt(place, path, signal);
  if (!there) return false;
  if (there.kind === 'directory') throw trouble('remove', what, 'conflict', 'it is a directory');
  const ask = { method: 'DELETE', url, headers: {}, what, doing: 'remove', purpose: 'look' } as const;
  const answer = await wire.ask(ask, signal);
  drop(answer);
  if ([200, 202, 204].includes(answer.status)) return true;
  const error = refusal(answer, what, 'remove');
  if (isKind(error, 'missing')) return false;
  throw error;
}
