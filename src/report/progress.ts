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
    if (then === now) return { bytes: now.bytes, files: now.files, ms: now.elapsedMs };
    return {
      bytes: now.bytes - then.bytes,
      files: now.files - then.files,
      ms: now.elapsedMs - then.elapsedMs,
    };
  };
}

/** How far a run is, as short texts, the most important first; who draws takes as many as fit. */
export function progressParts(progress: Progress, pace: Pace): string[] {
  const { bytes, files, walkEnded, lanes } = progress;
  const totalBytes = Math.max(bytes, progress.totalBytes); // what was found is told a little later
  const totalFiles = Math.max(files, progress.totalFiles);
  const more = walkEnded ? '' : '+';
  return [
    percentText(progress),
    `${formatBytes(bytes)} of ${formatBytes(totalBytes)}${more}`,
    formatRate(pace.bytes, pace.ms),
    etaText(progress, pace),
    `${formatCount(files)} of ${formatCount(totalFiles)}${more} entries`,
    `${formatCount(lanes)} ${lanes === 1 ? 'lane' : 'lanes'}`,
  ];
}

/** The share that is done, from 0 to 1: by bytes, or by entries where there are no bytes. */
export function shareDone({ bytes, totalBytes, files, totalFiles }: Progress): number {
  const [done, total] = totalBytes > 0 ? [bytes, totalBytes] : [files, totalFiles];
  return total > 0 ? Math.min(1, done / total) : 0;
}

/** While the walk goes on nobody knows the whole, so no percentage is claimed. */
function percentText(progress: Progress): string {
  return progress.walkEnded ? `${Math.floor(shareDone(progress) * 100)} %` : 'scanning';
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
