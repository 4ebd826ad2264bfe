import { type Remote, remotesOf } from '../../store/rclone/remotes.ts';
import { ownRclone } from '../surroundings/rclone.ts';
import { type Build, lookAtBuild } from './build.ts';
import { type Limits, readLimits } from './limits.ts';
import { lookAtState, type State } from './state.ts';
import { findTools, type Tool } from './tools.ts';

export type Findings = {
  readonly tools: readonly Tool[];
  /** of rclone's configuration: names and types, nothing else of them */
  readonly remotes: readonly Remote[];
  readonly limits: Limits;
  readonly state: State;
  readonly build: Build;
};

/** Looks at the machine; changes nothing. */
export async function examine(stateDir: string): Promise<Findings> {
  const [tools, remotes, build] = await Promise.all([findTools(), findRemotes(), lookAtBuild()]);
  return { tools, remotes, limits: readLimits(), state: lookAtState(stateDir), build };
}

const waitMs = 3000;

/** None where there is no rclone, or it does not answer in time. */
function findRemotes(): Promise<readonly Remote[]> {
  return remotesOf(ownRclone(), AbortSignal.timeout(waitMs)).catch(() => []);
}
