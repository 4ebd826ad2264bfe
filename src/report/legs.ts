import type { Leg } from '../plan/plan.ts';
import { type Brush, wrap } from './brush.ts';
import { counted, formatBytes, formatDuration, formatSpan } from './size.ts';

const whose = {
  all: 'all',
  small: 'small entries',
  large: 'large files',
  changed: 'changed files',
  unchanged: 'the rest',
} as const satisfies Record<Leg['entries'], string>;

/** `small entries (12 entries, 3.4 KB, about 1.20 s, most likely 0.80 s to 1.80 s): why` */
export function legText({ entries, files, bytes, predictedMs, likely, reason }: Leg): string {
  const known = [
    ...(files === undefined || files === 0 ? [] : [counted(files, 'entry', 'entries')]),
    ...(bytes === undefined || files === 0 ? [] : [formatBytes(bytes)]),
    ...(predictedMs === undefined ? [] : [`about ${formatDuration(predictedMs)}`]),
    ...(likely === undefined ? [] : [`most likely ${formatSpan(likely)}`]),
  ];
  return `${whose[entries]}${known.length > 0 ? ` (${known.join(', ')})` : ''}: ${reason}`;
}

/** The legs of a mixed plan, one below the other; nothing where one takes all. */
export function legLines(legs: readonly Leg[], { columns, bright }: Brush): string[] {
  if (legs.length < 2) return [];
  return legs.flatMap((leg) => {
    const [first, ...rest] = wrap(legText(leg), columns - 12);
    return [`  ${bright(leg.engine.padEnd(8))}  ${first}`, ...rest.map((line) => ' '.repeat(12) + line)];
  });
}
