/** Points in time with all their digits. */

const second = 1_000_000_000n;

/** As `ls --time-style=full-iso` writes it where this runs: `2026-11-20 14:12:05.123456789 +0100`. */
export function localTime(ns: bigint): string {
  const { ms, digits } = parts(ns);
  const minutes = -new Date(ms).getTimezoneOffset();
  const clock = clockOf(ms + minutes * 60_000);
  return clock ? `${clock[0]} ${clock[1]}.${digits} ${zone(minutes)}` : farOff(ns);
}

/** `2026-11-20T13:12:05.123456789Z` */
export function utcTime(ns: bigint): string {
  const { ms, digits } = parts(ns);
  const clock = clockOf(ms);
  return clock ? `${clock[0]}T${clock[1]}.${digits}Z` : farOff(ns);
}

/** Whole seconds, and the nine digits that follow. */
function parts(ns: bigint): { readonly ms: number; readonly digits: string } {
  const rest = ((ns % second) + second) % second;
  return { ms: Number((ns - rest) / second) * 1000, digits: String(rest).padStart(9, '0') };
}

function clockOf(ms: number): readonly [date: string, time: string] | undefined {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return undefined;
  const [day, time] = date.toISOString().split(/[T.]/) as [string, string];
  return [day, time];
}

/** Beyond what a calendar here can hold: seconds since 1970. */
function farOff(ns: bigint): string {
  return `@${ns / second}`;
}

function zone(minutes: number): string {
  const two = (number: number) => String(number).padStart(2, '0');
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(Math.floor(size % 60))}`;
}
