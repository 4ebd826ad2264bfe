import type { Entrant } from './entrants.ts';
import type { Basis, EngineName, Span } from './plan.ts';
import type { Verdict } from './rules.ts';

/** One line of the table of strategies. */
export type Candidate = {
  readonly engine: EngineName;
  readonly fit: boolean; // whether it can do this route
  readonly inBuild: boolean;
  readonly chosen: boolean;
  readonly predictedMs: number | undefined;
  readonly likely: Span | undefined;
  readonly basis: Basis; // what the prediction rests on
  readonly reason: string;
};

type Outcome = {
  readonly engine: EngineName | undefined;
  readonly wanted: Verdict;
  readonly reason: string;
  readonly predictedMs: number | undefined;
};

/** Says of one engine why it was chosen, or why not. */
export function tell(entrant: Entrant, outcome: Outcome): Candidate {
  const { engine, inBuild, predictedMs, likely, basis } = entrant;
  const chosen = engine === outcome.engine;
  const reason = entrant.unfit ?? fitReason(entrant, outcome);
  return { engine, fit: entrant.unfit === undefined, inBuild, chosen, predictedMs, likely, basis, reason };
}

function fitReason(entrant: Entrant, { engine, wanted, reason, predictedMs }: Outcome): string {
  if (entrant.engine === engine) return reason;
  const missing = entrant.inBuild ? '' : `${absence(entrant)}; `;
  if (entrant.engine === wanted.engine) return `${missing}would be chosen: ${wanted.reason}`;
  return `${missing}${comparison(entrant, { engine, predictedMs })}`;
}

type Chosen = { readonly engine: EngineName | undefined; readonly predictedMs: number | undefined };

function comparison(entrant: Entrant, chosen: Chosen): string {
  if (!entrant.predictedMs || !chosen.predictedMs) return 'possible';
  const ratio = entrant.predictedMs / chosen.predictedMs;
  if (ratio > 1.1) return `about ${ratio.toFixed(1)} times the time of ${chosen.engine}`;
  if (ratio > 0.9) return `about the time of ${chosen.engine}`;
  if (entrant.basis === 'default') return `perhaps quicker than ${chosen.engine}, but never measured here`;
  return `quicker than ${chosen.engine}`;
}

/** Why an engine is not chosen for anybody. */
function absence({ engine, isNamed }: Entrant): string {
  return isNamed ? `only by --strategy ${engine}` : 'not in this build';
}
