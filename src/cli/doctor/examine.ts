import { type Build, lookAtBuild } from './build.ts';
import { type Limits, readLimits } from './limits.ts';
import { lookAtState, type State } from './state.ts';
import { findTools, type Tool } from './tools.ts';

export type Findings = {
  readonly tools: readonly Tool[];
  readonly limits: Limits;
  readonly state: State;
  readonly build: Build;
};

/** Looks at the machine; changes nothing. */
export async function examine(stateDir: string): Promise<Findings> {
  const [tools, build] = await Promise.all([findTools(), lookAtBuild()]);
  return { tools, limits: readLimits(), state: lookAtState(stateDir), build };
}
