import type { BegunFiles, Foreseen, Summary, Tally, Verified } from './events.ts';
import { noticeLines } from './notices.ts';
import { counted, formatBytes, formatCount, formatDuration, formatRate } from './size.ts';

/** The last lines a person reads after a transfer: what was done, how long it took, what to do next. */
export function summaryLines(summary: Summary): string[] {
  const { outcome, dryRun, tally, notices, resumeWith, retryWith } = summary;
  return [
    ...noticeLines(notices),
    `${outcome}${dryRun ? ' (dry run: nothing was changed)' : ''}: ${tallyText(tally, dryRun)}`,
    ...keptLines(summary),
    ...(summary.begun ? [begunText(summary.begun)] : []),
    timeText(summary),
    ...verifiedLines(summary),
    ...compressionLines(summary),
    ...directLines(summary),
    ...(resumeWith === undefined ? [] : [`continue with: ${resumeWith}`]),
    ...(retryWith === undefined ? [] : [`try what failed again with: ${retryWith}`]),
  ];
}

/** `compared 3 entries (12.0 KB)` */
export function comparedText({ compared, bytes }: Verified): string {
  return `compared ${counted(compared, 'entry', 'entries')} (${formatBytes(bytes)})`;
}

/** `no difference`, `2 differences, 1 entry not compared` */
export function foundText({ differences, failed }: Verified): string {
  const differ = differences === 0 ? 'no difference' : counted(differences, 'difference');
  return failed === 0 ? differ : `${differ}, ${counted(failed, 'entry', 'entries')} not compared`;
}

/** What was compared so far, where that was stopped. */
function verifiedLines({ verified, outcome }: Summary): string[] {
  if (!verified) return [];
  const until = outcome === 'stopped' ? ' before it was stopped' : '';
  return [`${comparedText(verified)}${until}: ${foundText(verified)}`];
}

/** `known for certain of it: 183 files (94.0 MB); what else arrived is looked at again`, as `runs` counts it. */
function keptLines({ tally, keptTally }: Summary): string[] {
  if (!keptTally || keptTally.copied >= tally.copied) return [];
  const known = `${counted(keptTally.copied, 'file')} (${formatBytes(keptTally.copiedBytes)})`;
  return [`known for certain of it: ${known}; what else arrived is looked at again`];
}

/** `of 2 large files, not counted yet, 1.20 GB of 3.00 GB are there` */
export function begunText({ files, bytes, ofBytes }: BegunFiles): string {
  const large = counted(files, 'large file');
  return `of ${large}, not counted yet, ${formatBytes(bytes)} of ${formatBytes(ofBytes)} are there`;
}

/** `compressed with zstd: 80.1 MB went to the destination as 20.2 MB (the line is slow: …)` */
function compressionLines({ compression }: Summary): string[] {
  const used = compression.filter(({ program }) => program !== 'none');
  return used.map(({ end, program, reason, bytes, sentBytes }) => {
    const way = end === 'source' ? 'came from the source' : 'went to the destination';
    return `compressed with ${program}: ${formatBytes(bytes)} ${way} as ${formatBytes(sentBytes)} (${reason})`;
  });
}

/** `straight from host to host: 80.1 MB (straight, 8.39 MB took 0.10 s; through this machine, 8.39 MB took 0.20 s)` */
function directLines({ direct }: Summary): string[] {
  if (!direct) return [];
  const much = direct.bytes > 0 ? formatBytes(direct.bytes) : 'nothing';
  return [`straight from host to host: ${much} (${direct.reason})`];
}

/** `moved 3 files (12.0 KB), skipped 1 (5 B), repaired 0, linked 0, made 2, failed 0, refused 0` */
export function tallyText(tally: Tally, dryRun: boolean): string {
  const moved = `${dryRun ? 'would move' : 'moved'} ${counted(tally.copied, 'file')}`;
  const rest = (['repaired', 'linked', 'made', 'failed', 'refused'] as const).map(
    (what) => `${what} ${formatCount(tally[what])}`,
  );
  return [
    `${moved} (${formatBytes(tally.copiedBytes)})`,
    `skipped ${formatCount(tally.skipped)} (${formatBytes(tally.skippedBytes)})`,
    ...rest,
  ].join(', ');
}

/** `took 3.61 s for the last 63.0 MB, 17.5 MB/s`: what was there before it went on took its time then. */
function timeText({ dryRun, tally, movedBytes, elapsedMs, predictedMs }: Summary): string {
  if (dryRun) return `took ${formatDuration(elapsedMs)}${runText(predictedMs)}`;
  const last = movedBytes < tally.copiedBytes ? ` for the last ${formatBytes(movedBytes)}` : '';
  const rate = movedBytes > 0 ? `, ${formatRate(movedBytes, elapsedMs)}` : '';
  return `took ${formatDuration(elapsedMs)}${last}${rate}${predictionText(elapsedMs, predictedMs)}`;
}

/** `; the run itself would take about 12.0 s`, or nothing where that is not known. */
function runText(predictedMs: number | undefined): string {
  return predictedMs === undefined ? '' : `; the run itself would take about ${formatDuration(predictedMs)}`;
}

/** `; predicted 12.0 s, 20 % more than it took`, or nothing where nothing was predicted. */
export function predictionText(elapsedMs: number, predictedMs: number | undefined): string {
  if (predictedMs === undefined || elapsedMs <= 0) return '';
  return `; predicted ${formatDuration(predictedMs)}, ${offText(predictedMs / elapsedMs)}`;
}

/** `12.0 s before it looked, with 40 entries (1.00 MB) to move or make: there were 12,000 (3.00 GB)` */
export function expectedText({ ms, entries, bytes }: Foreseen, tally: Tally): string {
  const found = tally.copied + tally.linked + tally.made + tally.repaired;
  const [expected, there] = [
    `${counted(entries, 'entry', 'entries')} (${formatBytes(bytes)})`,
    `${formatCount(found)} (${formatBytes(tally.copiedBytes)})`,
  ];
  return `${formatDuration(ms)} before it looked, with ${expected} to move or make: there were ${there}`;
}

function offText(ratio: number): string {
  if (ratio >= 2) return `${ratio.toFixed(1)} times what it took`;
  const percent = Math.round((ratio - 1) * 100);
  if (percent === 0) return 'as it took';
  return `${Math.abs(percent)} % ${percent > 0 ? 'more' : 'less'} than it took`;
}
