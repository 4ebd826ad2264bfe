import type { Profile } from '../profile/profile.ts';
import type { Brush } from './brush.ts';
import { formatBytes, formatCount } from './size.ts';

/** One for each bucket of a Profile. */
const labels = [
  'empty',
  'up to 1 KB',
  '1 to 10 KB',
  '10 to 100 KB',
  '100 KB to 1 MB',
  '1 to 10 MB',
  '10 to 100 MB',
  '100 MB to 1 GB',
  '1 to 10 GB',
  'over 10 GB',
];

const labelWidth = Math.max(...labels.map((label) => label.length));
const bytesWidth = '1.23 MB'.length;
const widestBar = 40;

/** How the files and their bytes spread over the sizes, from the smallest size that occurs to the largest. */
export function histogram({ sizes, sizeBytes }: Profile, brush: Brush): string[] {
  const first = sizes.findIndex((files) => files > 0);
  const last = sizes.findLastIndex((files) => files > 0);
  if (first < 0) return [];
  const countWidth = Math.max('files'.length, ...sizes.map((files) => formatCount(files).length));
  const fixed = 2 + labelWidth + 2 + countWidth + 1 + 2 + bytesWidth + 1;
  const barWidth = Math.min(widestBar, Math.floor((brush.columns - fixed) / 2));
  const [mostFiles, mostBytes] = [Math.max(...sizes), Math.max(1, ...sizeBytes)];

  const row = (label: string, [files, filesBar]: string[], [bytes, bytesBar]: string[]) => {
    const left = `  ${label.padEnd(labelWidth)}  ${files!.padStart(countWidth)} ${filesBar}`;
    return `${left}  ${bytes!.padStart(bytesWidth)} ${bytesBar}`.trimEnd();
  };
  const rows = labels.slice(first, last + 1).map((label, i) => {
    const [files, bytes] = [sizes[first + i]!, sizeBytes[first + i]!];
    return row(
      label,
      [formatCount(files), brush.bar(files / mostFiles, barWidth)],
      [formatBytes(bytes), brush.bar(bytes / mostBytes, barWidth)],
    );
  });
  return [brush.faint(row('file size', ['files', ' '.repeat(barWidth)], ['bytes', ''])), ...rows];
}
