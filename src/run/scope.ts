/** Which entries a run sees to, as a text that is the same for the same. */
import type { FilesFrom, Selection } from '../request.ts';

export const everything = '';

export function scopeOf({ rules, filesFrom, oneFileSystem }: Selection): string {
  const isAll = rules.length === 0 && filesFrom === undefined && !oneFileSystem;
  return isAll ? everything : JSON.stringify({ rules, filesFrom, oneFileSystem });
}

/** The same of a run that the Journal knows, by what it keeps of its request. */
export function scopeIn(settings: string): string {
  return scopeOf(JSON.parse(settings) as Selection);
}

/** The same for lists of one name, too, whatever is in them: runs of them are alike, as those of every night. */
export function kindOfScope(selection: Selection): string {
  return scopeOf({ ...selection, filesFrom: nameOf(selection.filesFrom) });
}

function nameOf(filesFrom: FilesFrom | undefined): FilesFrom | undefined {
  return filesFrom && 'digest' in filesFrom ? { ...filesFrom, digest: undefined } : filesFrom;
}
