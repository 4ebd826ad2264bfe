import type { Doings } from '../plan/todo.ts';
import { counted, formatBytes, formatCount } from './size.ts';

type Fact = readonly [name: string, text: string];

/** What a transfer would do with a destination, each with its name; what does not occur is left out. */
export function differences(doings: Doings): Fact[] {
  const { copied, copiedBytes, updated, updatedBytes, deltas, skipped, skippedBytes, linked, made } = doings;
  const some = (name: string, count: number, text: string) => (count > 0 ? [[name, text] as const] : []);
  const merged =
    deltas > 0 ? `, ${formatCount(deltas)} of them by what changed in ${deltas > 1 ? 'them' : 'it'}` : '';
  const unchanged = `${counted(skipped, 'entry', 'entries')}, ${formatBytes(skippedBytes)} (directories not counted)`;
  return [
    ...some('new', copied - updated, sized(copied - updated, copiedBytes - updatedBytes)),
    ...some('changed', updated, `${sized(updated, updatedBytes)}${merged}`),
    ...some('to be linked', linked, counted(linked, 'name')),
    ...some('to be made', made, `${formatCount(made)} (directories, symlinks, special files)`),
    ...some('other metadata', doings.repaired, counted(doings.repaired, 'entry', 'entries')),
    ...some('unchanged', skipped, unchanged),
  ];
}

function sized(files: number, bytes: number): string {
  return `${counted(files, 'file')}, ${formatBytes(bytes)}`;
}
