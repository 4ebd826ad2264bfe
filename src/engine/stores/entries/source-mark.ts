import type { Entry, FileEntry } from '../../../store/entry.ts';

/** What a source file looked like: a copy that takes long is good only for this. */
export function printOf({ print, size, mtimeNs }: FileEntry): string {
  return print ?? `${size} ${mtimeNs}`;
}

/** What has a name at the destination, to be known again when it is replaced much later; '' for nothing. */
export function markOf(entry: Entry | undefined): string {
  if (!entry) return '';
  return `${entry.kind} ${entry.kind === 'file' ? entry.size : 0} ${entry.mtimeNs}`;
}
