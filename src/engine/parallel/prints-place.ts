/** What prints of a directory begin with: which one it is at the destination, and what the run that left them did not compare. */
import type { LeftRow } from '../../journal/types.ts';
import type { Preserve } from '../../request.ts';
import type { Stat } from '../../work/posix/stat.ts';

/** In the place of a name; with the second what is left out. */
const placeName = [0x2f2f, 0x2f2f] as const;
const placeBytes = 16;
const compared = ['mode', 'owner', 'times', 'xattrs', 'acls'] as const;
const all = 2 ** compared.length - 1;

/** A bit for each of what is not to be kept, and so not compared. */
export function leftOut(keep: Preserve): number {
  return compared.reduce((bits, aspect, at) => bits | (keep[aspect] ? 0 : 1 << at), 0);
}

/** Fills an entry for the directory at the destination, where it is known. */
export function placeInto(entry: Int32Array, place: Stat | undefined, out: number): void {
  const words = place?.words;
  entry[0] = placeName[0];
  entry[1] = placeName[1] ^ out;
  entry[2] = words ? words[8]! : 0;
  entry[3] = words ? Math.imul(words[34]! + 1, 0x01000193) ^ words[35]! ^ words[9]! : 0;
}

/** Whether a row is about the directory that such an entry is for. */
export function isPlace(row: LeftRow, entry: Int32Array): boolean {
  const head = headOf(row);
  return head !== undefined && head[2] === entry[2] && head[3] === entry[3];
}

/** Whether who left it compared all that is compared by who leaves out so much. */
export function covers(row: LeftRow, out: number): boolean {
  const head = headOf(row);
  return head !== undefined && ((head[1]! ^ placeName[1]) & ~out) === 0;
}

function headOf({ prints }: LeftRow): Int32Array | undefined {
  if (prints.length < placeBytes) return undefined;
  const head = new Int32Array(prints.slice(0, placeBytes).buffer);
  return head[0] === placeName[0] && (head[1]! ^ placeName[1]) >>> 0 <= all ? head : undefined;
}
