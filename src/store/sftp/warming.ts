/** The lines to a host are made fast before what they are for, where the way there is long. */
import type { SshHost } from '../../ssh/host.ts';
import { longMs } from '../../ssh/many.ts';
import { warmHither } from './shell/warm-hither.ts';

export type Warming = {
  /** What goes there. */
  readonly thither: () => void;
  /** What comes from there, which a program there sends: once is enough. */
  readonly hither: () => void;
};

/** `bytes`: how many that mean nothing may go on each before. */
export function warmingOf(host: SshHost, bytes: () => number, signal: AbortSignal): Warming {
  const isLong = (host.roundTripMs ?? 0) >= longMs;
  return {
    thither: () => {
      if (isLong && bytes() > 0) host.warm(bytes());
    },
    hither: () => {
      if (isLong) warmHither(host, signal);
    },
  };
}
