/** What the Journal knows of a run, run again. */
import type { Command } from 'commander';
import type { ListedRun } from '../../journal/list.ts';
import type { TransferRequest } from '../../request.ts';
import { type AccessFlags, accessFlags } from '../access/access.ts';
import { wishFlags, withWishes } from '../access/s3-wishes.ts';
import { type StateFlags, stateDirs, stateFlags } from '../flags/state.ts';
import { type VoiceFlags, voiceFlags } from '../flags/voice.ts';
import { searchPath } from '../surroundings/path.ts';
import { perform } from '../transfer/perform.ts';
import { placesOf } from './find.ts';

export type AgainFlags = AccessFlags & StateFlags & VoiceFlags;

export function againFlags(command: Command): Command {
  return voiceFlags(wishFlags(accessFlags(stateFlags(command))));
}

/** With its places and settings, but for `other` ones. Throws 'corrupt' where those cannot be read. */
export async function runAgain(
  run: ListedRun,
  other: Pick<TransferRequest, 'resume'> & Partial<TransferRequest>,
  flags: AgainFlags,
): Promise<number> {
  const { readSettings } = await import('../transfer/settings.ts');
  const request = {
    ...readSettings(run.id, run.settings),
    ...other,
    ...stateDirs(flags.stateDir),
    searchPath: searchPath(),
    verbose: flags.verbose ?? false,
  };
  return perform(placesOf(run), request, withWishes(request.s3, flags));
}
