import type { AnalyzeRequest } from '../request.ts';
import type { AccessFlags } from './access/access.ts';
import type { StateFlags, VoiceFlags } from './flags.ts';
import { type SelectFlags, selectionOf } from './select.ts';
import { searchPath, stateDirOf } from './state.ts';

export type AnalyzeFlags = AccessFlags &
  SelectFlags &
  StateFlags &
  VoiceFlags & { readonly streams: number | 'auto' };

/** What the flags of `analyze` ask for, every value specific. Throws 'usage'. */
export async function analyzeRequest(flags: AnalyzeFlags): Promise<AnalyzeRequest> {
  return {
    ...(await selectionOf(flags)),
    streams: flags.streams,
    stateDir: stateDirOf(flags.stateDir),
    searchPath: searchPath(),
  };
}
