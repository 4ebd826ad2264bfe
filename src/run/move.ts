/** The work of a run, from its beginning to its end or to where it has to stop. */
import { availableParallelism } from 'node:os';
import type { Telling } from '../conduct/order.ts';
import type { Journal } from '../journal/journal.ts';
import type { Event } from '../report/events.ts';
import type { TransferRequest } from '../request.ts';
import { type Begun, spared } from './begin.ts';
import { changesOf } from './changes-of.ts';
import { comparedSince } from './compared-since.ts';
import type { Planned } from './plan-for.ts';
import type { Ready } from './ready.ts';
import { byItsClock, doubt, forsake } from './unsettled.ts';

type Moving = {
  readonly ready: Ready;
  readonly planned: Pick<Planned, 'deltaFrom'>;
  readonly begun: Begun;
  readonly request: TransferRequest;
};

/**
 * Lets the engine work, and work again from the last good barrier as long as that may help. A run whose destination is another
 * directory in the end than it wrote to is not complete: there, nothing of it is found.
 */
export async function move(moving: Moving, telling: Telling): Promise<void> {
  await work(moving, telling);
  const { score, control, report } = telling;
  const { way, journal } = moving.ready;
  if (moving.request.dryRun || !score.isComplete) return;
  if (await way.from.isStill(changesOf(score.tally) > changesOf(score.before), control.signal)) return;
  score.isComplete = false;
  forsake(journal);
  report(movedAway);
}

const movedAway: Event = {
  type: 'warning',
  message: 'the destination is not the directory any more that this run wrote to',
  hint: 'see whether it was moved, or its disk unmounted; put it back before you resume, or all is sent again',
};

async function work({ ready, planned, begun, request }: Moving, telling: Telling): Promise<void> {
  const { way, journal, key } = ready;
  const { score, report } = telling;
  let begunBytes: number | undefined;
  for (let tries = 0; ; tries++) {
    const suspectSince = begun.suspectSince || (tries > 0 ? byItsClock(score.goodUntil, way.from) : 0n);
    const trust = mayTrust(journal, request);
    const leftPath = begun.hasPast ? journal.path : undefined;
    const known = {
      ...begun,
      key,
      trust,
      leftPath,
      suspectSince,
      suspectUntil: tries > 0 ? undefined : begun.suspectUntil,
      comparedSince: comparedSince(journal, request, begun.run),
      spared: spared(journal),
      deltaFrom: planned.deltaFrom,
    };
    const order = {
      journal,
      durability: request.dryRun ? ('none' as const) : request.durability,
      lanes: request.streams,
      cores: availableParallelism(),
      maxErrors: request.maxErrors,
    };
    await way.move(known, order, telling);
    begunBytes ??= score.begunBytes;
    score.begunBytes = begunBytes; // what a further try takes up is of this run
    if (!score.barrierFailed) return;
    doubt(journal);
    const isLast = tries >= request.retries;
    report(unsynced(isLast));
    if (isLast) return;
    score.barrierFailed = false;
  }
}

function unsynced(isLast: boolean): Event {
  const when = isLast ? ' by the next run' : '';
  return {
    type: 'warning',
    message: `the destination could not sync: what it may have lost is written again${when}`,
    hint: isLast ? 'look at the system log for disk errors' : undefined,
  };
}

const looksEvery = 10;

/** Nine runs in ten may believe what the last one left. */
function mayTrust(journal: Journal, request: TransferRequest): boolean {
  return request.trustJournal && journal.trustedRuns < looksEvery - 1;
}
