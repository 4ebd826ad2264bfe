import type { TransferRequest } from '../request.ts';
import { type AccessFlags, moverFor } from './access.ts';
import type { VoiceFlags } from './flags.ts';
import type { Route } from './places.ts';
import { speak } from './voice.ts';

/** Runs a transfer and speaks as the flags ask. */
export function perform(
  route: Route,
  request: TransferRequest,
  flags: VoiceFlags & AccessFlags,
): Promise<number> {
  return speak(flags, { onlyResults: request.dryRun }, async (stage) => {
    const { transfer } = await import('../transfer.ts');
    const { report, control } = stage;
    await using opener = moverFor(route.source, flags, stage, request);
    const { exitCode } = await transfer(route.source, route.dest, request, report, control, opener.open);
    return exitCode;
  });
}
