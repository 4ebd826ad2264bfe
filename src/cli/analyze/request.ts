import type { AnalyzeRequest } from '../../request.ts';
import type { AccessFlags } from '../access/access.ts';
import { type SelectFlags, selectionOf } from '../flags/select.ts';
import { type StateFlags, stateDirOf } from '../flags/state.ts';
import type { VoiceFlags } from '../flags/voice.ts';
import { searchPath } from '../surroundings/path.ts';

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
