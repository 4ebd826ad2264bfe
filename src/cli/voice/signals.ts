import { constants } from 'node:os';
import { type Control, createControl } from '../../control.ts';
import { exitCodes } from '../../errors.ts';
import { exitNow } from '../../work/posix/exit.ts';
import { unblock } from '../../work/posix/signals.ts';

/** Exit codes of a run that a signal stopped. */
const stops = {
  SIGHUP: exitCodes.hangup,
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
} as const;

/** Whoever read the results went away, and they were all there was to do: as if SIGPIPE had ended it. */
export const unheard = 'SIGPIPE';
export const brokenPipe = 141;

export function isUnheard({ signal }: Control): boolean {
  return signal.aborted && signal.reason === unheard;
}

/**
 * Turns the process's signals into what a run understands, from now on. Once stops it cleanly, twice at once;
 * SIGUSR1 and SIGUSR2 give and take a lane; SIGQUIT, and SIGINFO where there is one, ask for a status line.
 */
export function steer(): Control & { stop(reason: string): void } {
  const control = createControl();
  for (const [signal, code] of Object.entries(stops)) {
    process.on(signal, () => {
      if (signal === 'SIGHUP' && startedByNohup()) return;
      if (control.signal.aborted) exitNow(code);
      control.stop(signal);
    });
  }
  process.on('SIGUSR1', () => control.changeLanes(1));
  unblock('SIGUSR1');
  process.on('SIGUSR2', () => control.changeLanes(-1));
  process.on('SIGQUIT', () => control.askStatus());
  if ('SIGINFO' in constants.signals) process.on('SIGINFO', () => control.askStatus());
  return control;
}

/** The exit code of what was stopped for this reason; undefined if nothing was. */
export function stoppedCode({ signal }: Control): number | undefined {
  if (!signal.aborted) return undefined;
  if (signal.reason === unheard) return brokenPipe;
  return stops[signal.reason as keyof typeof stops] ?? exitCodes.failed;
}

/** Node forgets that nohup had SIGHUP ignored; the shell's note of what it started remembers. */
function startedByNohup(): boolean {
  return process.env._?.endsWith('/nohup') ?? false;
}
