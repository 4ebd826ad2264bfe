/** Connections to a host that are made while the first one still is, and let in when that was. */
import { orAborted } from '../work/abort.ts';
import { type Patient, retry } from '../work/retry.ts';
import type { Beside, Connection } from './connect.ts';
import { manyOver } from './many.ts';
import type { Reaches } from './reach.ts';

type Followers = {
  /** those that are not needed, or are not there, fail */
  readonly others: readonly Promise<Connection>[];
  /** what goes with the first one */
  readonly beside: Pick<Beside, 'met' | 'warming'>;
  readonly warm: (mostBytes: number) => void;
};

/** `connections`: how many there are to be with the first one, once it is known how far away the host is. */
export function followers(
  follow: Reaches['follow'],
  connections: (roundTripMs: number | undefined) => number,
  patience: Patient,
  until: AbortSignal,
): Followers {
  const met = Promise.withResolvers<number | undefined>();
  const warming = Promise.withResolvers<number>();
  const wanted = orAborted(met.promise, until).then(connections);
  const others = Array.from({ length: follow ? manyOver() - 1 : 0 }, async (_, before) => {
    if (before + 1 >= (await wanted)) throw new Error('it needs fewer');
    return retry(() => follow!(until, { warming: warming.promise }), patience, until);
  });
  for (const other of [wanted, ...others]) other.catch(() => undefined); // one that is not there is not missed
  return { others, beside: { met: met.resolve, warming: warming.promise }, warm: warming.resolve };
}
