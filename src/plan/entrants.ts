import { type Cost, defaultCost, predictMs, type Work } from './cost.ts';
import { likely } from './doubt.ts';
import { type Build, unfit } from './fit.ts';
import { type Basis, type EngineName, engineNames, type Span } from './plan.ts';
import { knownWay, type Route } from './route.ts';

/** The constants that runs have taught, on this route and on this machine whatever the route. */
export type Costs = { readonly route: readonly Cost[]; readonly machine: readonly Cost[] };

/** One engine, before any is chosen. */
export type Entrant = {
  readonly engine: EngineName;
  readonly unfit: string | undefined; // why it cannot do this route
  readonly inBuild: boolean;
  readonly isNamed: boolean; // it runs, but only for whoever asks for it
  readonly predictedMs: number | undefined; // undefined where it is unfit or nothing is known of the tree
  readonly likely: Span | undefined; // where predictedMs is known
  readonly basis: Basis;
};

type Given = {
  readonly route: Route;
  readonly work: Work | undefined;
  readonly costs: Costs;
  readonly build: Build;
};

/** Every engine with what it would take. */
export function entrants({ route, work, costs, build }: Given): Entrant[] {
  return engineNames.map((engine) => {
    const { cost, basis } = costOf(engine, costs, route);
    const reason = unfit(engine, route, build);
    const able = work === undefined || reason !== undefined ? undefined : work;
    return {
      engine,
      unfit: reason,
      inBuild: build.engines.includes(engine),
      isNamed: build.named.includes(engine),
      predictedMs: able && predictMs(cost, able),
      likely: able && likely(cost, able),
      basis,
    };
  });
}

type Known = { readonly cost: Cost; readonly basis: Basis };

/** The best known constants of an engine: of this route, of this machine, or the ones to begin with; no faster than allowed. */
export function costOf(engine: EngineName, costs: Costs, on: Route): Known {
  const { cost, basis } = known(engine, costs, on);
  const perByteMs = Math.max(cost.perByteMs, on.limit === undefined ? 0 : 1000 / on.limit);
  return { cost: { ...cost, perByteMs }, basis };
}

function known(engine: EngineName, { route, machine }: Costs, on: Route): Known {
  const here = route.find((cost) => cost.engine === engine);
  if (here && here.runs > 0) return { cost: here, basis: 'route' };
  const elsewhere = machine.find((cost) => cost.engine === engine);
  if (elsewhere && elsewhere.runs > 0) return { cost: elsewhere, basis: 'machine' };
  return {
    cost: here ?? elsewhere ?? defaultCost(engine, knownWay(on)),
    basis: 'default',
  };
}
