import type { TransferRequest } from '../request.ts';
import { type AccessFlags, moverFor } from './access.ts';
import type { VoiceFlags } from './flags.ts';
import type { Route } from './places.ts';
import { keyToWriteWith } from './s3-access.ts';
import { printFor } from './s3-key.ts';
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
    const { source, dest } = route;
    const key = dest.kind === 's3' ? await keyToWriteWith(dest, flags) : undefined;
    const whole = { ...request, s3KeyPrint: printFor(key, request.s3KeyPrint) };
    await using opener = moverFor(source, flags, stage, request);
    const { exitCode } = await transfer(source, dest, whole, report, control, opener.open);
    return exitCode;
  });
}
