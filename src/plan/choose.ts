/**
 * Which engine moves the data, and why.
 *
 * The rules say which engine suits the places and the files. Where runs have measured that engine and another
 * one, the quicker one by prediction is taken instead, if it is clearly quicker. What this build does not have
 * is named in the reason, and the quickest engine that it has steps in.
 */
import { type Candidate, tell } from './candidate.ts';
import type { Counts } from './counts.ts';
import { type Costs, type Entrant, entrants } from './entrants.ts';
import type { Build } from './fit.ts';
import type { EngineName, Span, Strategy } from './plan.ts';
import type { Route } from './route.ts';
import { byRule, type Verdict } from './rules.ts';
import { type Todo, todoFrom, workOn } from './todo.ts';

export type Choice = {
  /** undefined when nothing in this build can do it; the reason then says why */
  readonly engine: EngineName | undefined;
  /** what would be chosen if this build had every engine */
  readonly wanted: EngineName;
  readonly reason: string;
  readonly predictedMs: number | undefined;
  readonly likely: Span | undefined;
  readonly candidates: readonly Candidate[];
};

type Given = {
  readonly strategy: Strategy;
  readonly costs: Costs;
  readonly build: Build;
  /** what is to be done, where that is known; else all that was counted, or what changed of it */
  readonly todo?: Todo | undefined;
};

const unknown = { predictedMs: undefined, likely: undefined };

/** Below this share of the ruled engine's time another one is clearly quicker. */
const clearly = 0.9;

/** Chooses for a tree, or before anything is known of it. Never throws: an engine that cannot is a reason. */
export function choose(counts: Counts | undefined, route: Route, given: Given): Choice {
  const { strategy, costs, build } = given;
  const todo = given.todo ?? (counts && todoFrom(counts, route));
  const work = todo && workOn(todo, route);
  const all = entrants({ route, work, costs, build });
  const ruled = byRule({ counts, route, build });
  const wanted = strategy === 'auto' ? (quicker(ruled, all) ?? ruled) : forced(strategy);
  const { engine, reason } = settle(wanted, all, strategy === 'auto');
  const { predictedMs, likely } = all.find((entrant) => entrant.engine === engine) ?? unknown;
  const candidates = all.map((entrant) => tell(entrant, { engine, wanted, reason, predictedMs }));
  return { engine, wanted: wanted.engine, reason, predictedMs, likely, candidates };
}

function forced(engine: EngineName): Verdict {
  return { engine, reason: `--strategy ${engine} asks for it` };
}

function quicker({ engine }: Verdict, all: readonly Entrant[]): Verdict | undefined {
  const measured = all.filter((entrant) => entrant.inBuild && entrant.basis !== 'default');
  const ruled = measured.find((entrant) => entrant.engine === engine);
  const best = quickest(measured);
  if (ruled?.predictedMs === undefined || best?.predictedMs === undefined) return undefined;
  const share = best.predictedMs / ruled.predictedMs;
  if (share > clearly) return undefined;
  const saved = `${Math.round((1 - share) * 100)} % less time than ${engine}`;
  return { engine: best.engine, reason: `by what runs on this ${best.basis} measured, it takes ${saved}` };
}

function quickest(from: readonly Entrant[]): Entrant | undefined {
  const able = from.filter((entrant) => entrant.unfit === undefined);
  return able.sort((a, b) => (a.predictedMs ?? Infinity) - (b.predictedMs ?? Infinity))[0];
}

type Settled = { readonly engine: EngineName | undefined; readonly reason: string };

/** What runs: the wanted engine where this build has it, else, unless it was asked for, the best it has. */
function settle({ engine, reason }: Verdict, all: readonly Entrant[], mayReplace: boolean): Settled {
  const wanted = all.find((entrant) => entrant.engine === engine)!;
  if (wanted.unfit !== undefined) return { engine: undefined, reason: `${engine} cannot: ${wanted.unfit}` };
  if (wanted.inBuild || (wanted.isNamed && !mayReplace)) return { engine, reason };
  if (!mayReplace) return { engine: undefined, reason: `${engine} is not in this build` };
  const isNot = wanted.isNamed ? `runs only by --strategy ${engine}` : 'is not in this build';
  const instead = quickest(all.filter((entrant) => entrant.inBuild))?.engine;
  return { engine: instead, reason: `${engine} would be chosen (${reason}), but it ${isNot}` };
}
