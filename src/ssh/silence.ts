import type { Readable } from 'node:stream';

/**
 * Calls `whenSilent` once when nothing has come for `ticks` spans of `tickMs` in a row; `isPaused` stops the clock.
 * Ticks are counted instead of time, so that a process that slept or was busy blames itself, not the line.
 */
export function watchSilence(
  stream: Readable,
  {
    tickMs,
    ticks,
    isPaused,
  }: { readonly tickMs: number; readonly ticks: number; readonly isPaused: () => boolean },
  whenSilent: () => void,
): Disposable {
  let silent = 0;
  const hear = () => {
    silent = 0;
  };
  const tick = () => {
    silent = isPaused() ? 0 : silent + 1;
    if (silent > ticks) stop();
    if (silent > ticks) whenSilent();
  };
  const timer = setInterval(tick, tickMs).unref();
  const stop = () => {
    clearInterval(timer);
    stream.off('data', hear);
  };
  stream.on('data', hear); // only to hear it: the bytes are read by who owns the stream
  return { [Symbol.dispose]: stop };
}
