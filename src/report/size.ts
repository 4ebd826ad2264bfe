/**
 * Sizes, rates, times and counts as people write and read them.
 *
 * Written by a person, `10M`, `10Mi` and `10MiB` are 10 × 2^20, as for rsync and rclone, and `10MB` is 10^7.
 * Printed, units are powers of ten and say so: `10.5 MB`.
 */

const letters = 'KMGTPE';
const pattern = /^(\d+(?:\.\d*)?|\.\d+)\s*(?:([kmgtpe])(i?b?)|(b))?$/i;

/** The bytes that a size stands for, or undefined where it is not one. A bare number counts `bare` bytes. */
export function parseSize(text: string, bare = 1): number | undefined {
  const match = pattern.exec(text.trim());
  if (!match) return undefined;
  const [, number, letter, suffix, plainBytes] = match;
  const bytes = Math.round(Number(number) * unitBytes(letter, suffix, plainBytes ? 1 : bare));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

function unitBytes(letter: string | undefined, suffix: string | undefined, bare: number): number {
  if (letter === undefined) return bare;
  const base = suffix?.toLowerCase() === 'b' ? 1000 : 1024;
  return base ** (letters.indexOf(letter.toUpperCase()) + 1);
}

/** `0 B`, `999 B`, `1.23 KB`, `45.6 MB`, `789 GB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 999.5) return `${Math.round(bytes)} B`;
  let value = bytes;
  let unit = -1;
  while (value >= 999.5 && unit < letters.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${threeDigits(value)} ${letters[unit]}B`;
}

/** `45.6 MB/s`; nothing to divide by counts as no rate. */
export function formatRate(bytes: number, ms: number): string {
  return `${formatBytes(ms > 0 ? (bytes / ms) * 1000 : 0)}/s`;
}

/** `0.04 s`, `12.3 s`, `3m 20s`, `2h 05m`, `3d 04h`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, ms / 1000);
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [days, hours] = [Math.floor(whole / 86_400), Math.floor(whole / 3600) % 24];
  const [minutes, rest] = [Math.floor(whole / 60) % 60, whole % 60];
  if (days > 0) return `${days}d ${twoDigits(hours)}h`;
  return hours > 0 ? `${hours}h ${twoDigits(minutes)}m` : `${minutes}m ${twoDigits(rest)}s`;
}

/** `8.00 s to 15.0 s` */
export function formatSpan({
  leastMs,
  mostMs,
}: {
  readonly leastMs: number;
  readonly mostMs: number;
}): string {
  return `${formatDuration(leastMs)} to ${formatDuration(mostMs)}`;
}

/** `1,234,567` */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 file`, `1,234 files`; words that do not just take an s give their plural. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

function threeDigits(value: number): string {
  if (value >= 99.95) return value.toFixed(0);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
