/**
 * What prints of a directory begin with: which one it is at the destination, what the run that left them did not compare, and
 * who looked.
 */
import type { LeftRow } from '../../journal/types.ts';
import type { Preserve } from '../../request.ts';
import type { Stat } from '../../work/posix/stat.ts';

/** In the place of a name; with the second how was looked. */
const placeName = [0x2f2f, 0x2f2f] as const;
const placeBytes = 16;
const compared = ['mode', 'owner', 'times', 'xattrs', 'acls'] as const;
const all = 2 ** compared.length - 1;
/** Entries tell whether the source had attributes: those that anybody sees, or root. */
const [toAnybody, toRoot] = [all + 1, (all + 1) * 2];
const most = all + toAnybody + toRoot;

/** A bit for each of what is not to be kept, and so not compared; and one for who looks. */
export function lookOf(keep: Preserve, uid: number): number {
  const out = compared.reduce((bits, aspect, at) => bits | (keep[aspect] ? 0 : 1 << at), 0);
  return out | (uid === 0 ? toRoot : toAnybody);
}

/** Fills an entry for the directory at the destination, where it is known. */
export function placeInto(entry: Int32Array, place: Stat | undefined, look: number): void {
  const words = place?.words;
  entry[0] = placeName[0];
  entry[1] = placeName[1] ^ look;
  entry[2] = words ? words[8]! : 0;
  entry[3] = words ? Math.imul(words[34]! + 1, 0x01000193) ^ words[35]! ^ words[9]! : 0;
}

/** Whether a row is about the directory that such an entry is for. */
export function isPlace(row: LeftRow, entry: Int32Array): boolean {
  const head = headOf(row);
  return head !== undefined && head[2] === entry[2] && head[3] === entry[3];
}

/** Whether who left it compared all that is compared by who looks like this. */
export function covers(row: LeftRow, look: number): boolean {
  const head = headOf(row);
  return head !== undefined && (lookIn(head) & all & ~look) === 0;
}

/** Whether who left it saw all attributes that are seen by who looks like this, and told of them. */
export function tellsBare(row: LeftRow, look: number): boolean {
  const head = headOf(row);
  return head !== undefined && (lookIn(head) & (toRoot | (look & toAnybody))) !== 0;
}

function lookIn(head: Int32Array): number {
  return (head[1]! ^ placeName[1]) >>> 0;
}

function headOf({ prints }: LeftRow): Int32Array | undefined {
  if (prints.length < placeBytes) return undefined;
  const head = new Int32Array(prints.slice(0, placeBytes).buffer);
  return head[0] === placeName[0] && lookIn(head) <= most ? head : undefined;
}
