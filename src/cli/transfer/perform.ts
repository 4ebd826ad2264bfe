import type { Location, Places } from '../../location/location.ts';
import type { TransferRequest } from '../../request.ts';
import { type AccessFlags, meansToMove } from '../access/access.ts';
import { askedOfWritten } from '../access/s3-access.ts';
import { printFor } from '../access/s3-key.ts';
import { leavingState } from '../flags/own-state.ts';
import type { VoiceFlags } from '../flags/voice.ts';
import { speak } from '../voice/voice.ts';

/** Runs a transfer and speaks as the flags ask. */
export function perform(
  places: Places,
  request: TransferRequest,
  flags: VoiceFlags & AccessFlags,
): Promise<number> {
  return speak(flags, { onlyResults: request.dryRun }, async (stage) => {
    const { transfer } = await import('../../transfer.ts');
    const { source, dest } = places;
    const { stateDir } = request;
    const wanted = leavingState(request, { places: [source], stateDir }, stage.report);
    const whole = await remembering(dest, wanted, flags);
    await using means = meansToMove(source, flags, stage, request);
    const { exitCode } = await transfer(places, whole, means);
    return exitCode;
  });
}

/** With what the file of settings says, too: who goes on with the run may not have it. Throws 'usage' without its key. */
async function remembering(
  dest: Location,
  request: TransferRequest,
  flags: AccessFlags,
): Promise<TransferRequest> {
  if (dest.kind !== 's3') return request;
  const { wishes, customerKey } = await askedOfWritten(dest, flags);
  return { ...request, s3: wishes, s3KeyPrint: printFor(customerKey, request.s3KeyPrint) };
}
