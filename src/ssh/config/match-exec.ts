import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { TransferError } from '../../errors.ts';
import { printable } from '../../report/show.ts';
import { expandTokens } from './expand.ts';
import type { Known } from './match.ts';

/** By the person's own shell, as ssh runs it. */
const byShell = 'test -n "$SHELL" || SHELL=/bin/sh; exec "$SHELL" -c "$1"';

/**
 * Whether the command of a `Match exec` ends well. It reads nothing, what it prints is dropped, and its complaints are
 * for the person to see. Throws 'usage' where it did not end by itself.
 */
export async function runsWell(command: string, known: Known, signal: AbortSignal): Promise<boolean> {
  const child = spawn('/bin/sh', ['-c', byShell, 'sh', expandTokens(command, known)], {
    stdio: ['ignore', 'ignore', 'inherit'],
    signal,
    killSignal: 'SIGKILL',
  });
  const ended = once(child, 'exit').catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
  const [code, killedBy] = (await ended) as [number | null, string | null];
  if (code !== null) return code === 0;
  const hint = 'look at Match exec in ~/.ssh/config';
  throw new TransferError('usage', `'${printable(command)}' was ended by ${killedBy}`, { hint });
}
