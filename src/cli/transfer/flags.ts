import type { Strategy } from '../../plan/plan.ts';
import type { Compress, Durability } from '../../request.ts';
import type { AccessFlags } from '../access/access.ts';
import type { CompareFlags } from '../flags/compare.ts';
import type { SelectFlags } from '../flags/select.ts';
import type { StateFlags } from '../flags/state.ts';
import type { VoiceFlags } from '../flags/voice.ts';

export type TransferFlags = AccessFlags &
  CompareFlags &
  SelectFlags &
  StateFlags &
  VoiceFlags & {
    readonly strategy: Strategy;
    readonly rsyncOption?: readonly string[];
    readonly compress: Compress;
    readonly direct?: boolean;
    readonly dryRun?: boolean;
    readonly verify?: boolean;
    readonly durability: Durability;
    readonly retries: number;
    readonly maxErrors: number;
    readonly trustJournal?: boolean;
  };
