/**
 * TCP begins slowly, and it is the host that sends what is read there: so each connection that is going to be read from is
 * given something to carry that nobody wants, while the place is looked at.
 */
import type { SshHost } from '../../../ssh/host.ts';
import { manyOver } from '../../../ssh/many.ts';
import { finished } from '../../../work/far-process.ts';

/** As much as goes in the four round trips that this takes. */
const bytes = Buffer.from(`${192 * 1024}`);

/** Begins it, and waits for nothing; where the host has nothing to do it with, it is not done. */
export function warmHither({ run, roundTripMs }: SshHost, signal: AbortSignal): void {
  const carry = async () => {
    await using far = await run('exec head -c "$1" /dev/zero', [bytes], signal, {
      isHeavy: true,
      readsNothing: true,
    });
    await finished(far);
  };
  for (let line = 0; line < manyOver(roundTripMs); line++) carry().catch(() => undefined); // what is read says what is wrong
}
