import type { Progress } from './events.ts';
import { formatBytes, formatCount, formatDuration, formatRate } from './size.ts';

const windowMs = 10_000;

/** What a run did in the last ten seconds of it. */
export type Pace = { readonly bytes: number; readonly files: number; readonly ms: number };

/** Remembers the last ten seconds: each call takes how far the run is and returns its pace. */
export function createPace(): (progress: Progress) => Pace {
  const seen: Progress[] = [];
  return (now) => {
    while (seen[1] && now.elapsedMs - seen[1].elapsedMs >= windowMs) seen.shift();
    seen.push(now);
    const then = seen[0]!;
    if (then === now) return paceSoFar(now);
    return {
      bytes: now.bytes - then.bytes,
      files: now.files - then.files,
      ms: now.elapsedMs - then.elapsedMs,
    };
  };
}

/** What a run did since it began, or went on. */
export function paceSoFar({ bytes, files, elapsedMs, before }: Progress): Pace {
  return { bytes: bytes - (before?.bytes ?? 0), files: files - (before?.files ?? 0), ms: elapsedMs };
}

/** How far a run is, as short texts, the most important first; who draws takes as many as fit. */
export function progressParts(progress: Progress, pace: Pace): string[] {
  const { bytes, files, totalBytes, totalFiles, walkEnded, lanes } = progress;
  const of = (done: number, total: number, format: (number: number) => string) => {
    if (walkEnded) return `${format(done)} of ${format(total)}`;
    return total > done ? `${format(done)} of ${format(total)}+` : format(done); // no more was found yet
  };
  return [
    percentText(progress),
    of(bytes, totalBytes, formatBytes),
    formatRate(pace.bytes, pace.ms),
    etaText(progress, pace),
    `${of(files, totalFiles, formatCount)} entries`,
    `${formatCount(lanes)} ${lanes === 1 ? 'lane' : 'lanes'}`,
  ];
}

/**
 * The share that is done, from 0 to 1: by bytes, or by entries where there are no bytes. While the walk goes on, of what
 * was found so far; undefined where that is no more than what is done.
 */
export function shareDone({ bytes, totalBytes, files, totalFiles, walkEnded }: Progress): number | undefined {
  const [done, total] = totalBytes > 0 ? [bytes, totalBytes] : [files, totalFiles];
  if (!walkEnded && total <= done) return undefined;
  return total > 0 ? Math.min(1, done / total) : 0;
}

/** While the walk goes on nobody knows the whole, so no percentage is claimed. */
function percentText(progress: Progress): string {
  return progress.walkEnded ? `${Math.floor((shareDone(progress) ?? 0) * 100)} %` : 'scanning';
}

/** Before the whole is known, it is taken to be as many entries as there were the last time. */
function etaText(progress: Progress, pace: Pace): string {
  const { bytes, totalBytes, files, totalFiles, walkEnded, expectedFiles = 0 } = progress;
  if (!walkEnded && expectedFiles > files && pace.files > 0)
    return `ETA about ${formatDuration(((expectedFiles - files) * pace.ms) / pace.files)}`;
  const [left, done] =
    totalBytes > bytes ? [totalBytes - bytes, pace.bytes] : [totalFiles - files, pace.files];
  if (!walkEnded || done <= 0) return 'ETA unknown';
  return `ETA ${formatDuration((Math.max(0, left) * pace.ms) / done)}`;
}
