/**
 * The whole program as one readable function.
 *
 *   1. look at both ends, refuse what is not safe; take the route's Journal, which is also its lock
 *   2. choose the engine
 *   3. begin anew, or where the run was left
 *   4. let the engine work; again, if a barrier failed, from what is known to be durable
 *   5. compare, where that was asked for
 *   6. say what became of it, and remember it
 */
import { score as emptyScore } from './conduct/score/score.ts';
import type { Places } from './location/location.ts';
import type { Means } from './means.ts';
import type { Summary } from './report/events.ts';
import type { TransferRequest } from './request.ts';
import { beginAloud, sayNotCompared } from './run/aloud.ts';
import { compare, refuseReadingTwice } from './run/compare.ts';
import { expectedFor, foretelling } from './run/earlier-runs.ts';
import { learnFrom } from './run/learn-from.ts';
import { move } from './run/move.ts';
import { planFor } from './run/plan-for.ts';
import { getReady } from './run/ready.ts';
import { summarise } from './run/summarise.ts';

/** Moves what is at one place to the other; throws only where nothing was begun or the program itself cannot go on. */
export async function transfer(places: Places, request: TransferRequest, means: Means): Promise<Summary> {
  const startMs = performance.now();
  const { report, control } = means;
  refuseReadingTwice(request);
  await using ready = await getReady(places, request, means);
  const expected = expectedFor(ready, request);
  const planned = planFor(request, ready, expected);
  const { remarks, ...begun } = await beginAloud(places, { ready, request, plan: planned.plan }, report);
  const score = emptyScore(begun.resumed);
  const run = { ready, planned, begun, request, score };
  await move(run, { score, report: foretelling(report, expected, request), control });
  sayNotCompared(run, report);
  const compared = await compare(places, { ready, request, score, remarks }, means);
  const elapsedMs = performance.now() - startMs - control.askedMs;
  const summary = summarise({ ...run, expected, control, compared, elapsedMs });
  learnFrom(run, summary, request.stateDir);
  report({ type: 'finished', summary });
  return summary;
}
