/** What a run teaches: the costs that predictions rest on are corrected by it. */
import { type Score, sitting } from '../conduct/score/score.ts';
import { learnCosts } from '../journal/costs.ts';
import type { Work } from '../plan/cost.ts';
import { costOf } from '../plan/entrants.ts';
import { learn } from '../plan/learn.ts';
import { isHere, type Route } from '../plan/route.ts';
import { todoOf, workOn } from '../plan/todo.ts';
import type { Summary, Tally } from '../report/events.ts';
import { machine } from './known-costs.ts';
import type { Planned } from './plan-for.ts';
import type { Ready } from './ready.ts';

/** The work a run turned out to be; what it made was directories, as good as always. */
export function workDone(tally: Tally, route: Route): Work {
  return workOn(todoOf(tally), route);
}

type Ran = { readonly ready: Ready; readonly planned: Pick<Planned, 'engine'>; readonly score: Score };

/**
 * Corrects the costs by a run that went through as fast as it could: those of its route, and of this machine if it was
 * all here.
 */
export function learnFrom({ ready, planned, score }: Ran, summary: Summary, stateDir: string): void {
  const { key, route, costs } = ready;
  const { engine } = planned;
  if (route.limit !== undefined || summary.dryRun || summary.exitCode !== 0) return;
  const work = workDone(sitting(score), route);
  const learnt = [
    { scope: key, own: costs.route },
    ...(isHere(route) ? [{ scope: machine, own: costs.machine }] : []),
  ].map(({ scope, own }) => {
    const before = own.find((row) => row.engine === engine) ?? costOf(engine, costs, route).cost;
    return { scope, row: { ...learn(before, work, summary.elapsedMs), learntMs: Date.now() } };
  });
  learnCosts(stateDir, learnt);
}
