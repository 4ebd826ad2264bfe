/** Whether it is plain that something is to be done: a question each to the destination, for less than an rsync costs. */
import type { Entry, FileEntry } from '../../../store/entry.ts';
import type { Part } from '../part/part.ts';
import type { RsyncSetup } from '../setup.ts';

const fewEntries = 8;

/** False also where only rsync can tell. */
export async function differs({ entries }: Part, setup: RsyncSetup, signal: AbortSignal): Promise<boolean> {
  if (entries.size > fewEntries || setup.options.length > 0) return false;
  const differ = async (entry: Entry) => {
    if (entry.kind !== 'file') return false;
    return isOther(entry, await setup.dest.stat(entry.path, signal), setup.keep.times);
  };
  return (await Promise.all([...entries.values()].map(differ))).includes(true);
}

function isOther(file: FileEntry, there: Entry | undefined, byTime: boolean): boolean {
  if (there?.kind !== 'file' || there.size !== file.size) return true;
  const times = [secondsOf(file), secondsOf(there)];
  return byTime && times.every(isTold) && times[0] !== times[1];
}

function secondsOf({ mtimeNs }: FileEntry): number | undefined {
  return mtimeNs === undefined ? undefined : Number(mtimeNs / 1_000_000_000n);
}

/** A time that every place tells as it is. */
function isTold(seconds: number | undefined): boolean {
  return seconds !== undefined && seconds > 0 && seconds < 2 ** 31;
}
