/**
 * One header block of a tar stream, written in place: ustar, with numbers beyond octal as GNU, BSD and busybox read them.
 * Owners are numbers, whatever they are called.
 */
import { blockBytes } from './member.ts';

export type HeaderFields = {
  readonly flag: string;
  /** as much of it as fits; longer ones are told before the header */
  readonly path: Uint8Array;
  readonly target: Uint8Array;
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeSeconds: number;
  readonly major: number;
  readonly minor: number;
};

/** bytes of a name, or of a link's target, that a header has room for */
export const nameRoom = 100;
const prefixRoom = 155;
/** where it is in a header */
export const prefixAt = 345;
export const slash = 0x2f;
const blank = 0x20;
const zero = 0x30;

/**
 * How much of a path, up to a slash, goes before its name in a header; 0 where all of it is name enough, -1 where no slash
 * leaves room for both.
 */
export function prefixOf(path: Uint8Array): number {
  if (path.length <= nameRoom) return 0;
  const end = path.indexOf(slash, path.length - nameRoom - 1);
  return end > 0 && end <= prefixRoom && end < path.length - 1 ? end : -1;
}

/** Writes the block at `at`, whatever was there. */
export function writeHeader(into: Buffer, at: number, fields: HeaderFields): void {
  into.fill(0, at, at + blockBytes);
  const prefix = prefixOf(fields.path);
  const name = prefix > 0 ? prefix + 1 : 0;
  into.set(fields.path.subarray(name, name + nameRoom), at);
  putNumber(into, at + 100, 8, fields.mode);
  putNumber(into, at + 108, 8, fields.uid);
  putNumber(into, at + 116, 8, fields.gid);
  putNumber(into, at + 124, 12, fields.size);
  putNumber(into, at + 136, 12, fields.mtimeSeconds);
  into[at + 156] = fields.flag.charCodeAt(0);
  into.set(fields.target.subarray(0, nameRoom), at + 157);
  into.write('ustar\x0000', at + 257, 'latin1');
  putNumber(into, at + 329, 8, fields.major);
  putNumber(into, at + 337, 8, fields.minor);
  if (prefix > 0) into.set(fields.path.subarray(0, prefix), at + prefixAt);
  putChecksum(into, at);
}

/** Octal with a final NUL where it fits, else two's complement with the first bit set. */
function putNumber(into: Buffer, at: number, room: number, value: number): void {
  if (value < 0 || value >= 8 ** (room - 1)) return putBinary(into, at, room, value);
  let left = value;
  for (let digit = at + room - 2; digit >= at; digit--) {
    const rest = Math.floor(left / 8);
    into[digit] = zero + left - rest * 8;
    left = rest;
  }
}

function putBinary(into: Buffer, at: number, room: number, value: number): void {
  let left = value;
  for (let byte = at + room - 1; byte >= at; byte--) {
    const rest = Math.floor(left / 256);
    into[byte] = left - rest * 256;
    left = rest;
  }
  into[at] = into[at]! | 0x80;
}

function putChecksum(into: Buffer, at: number): void {
  let sum = 8 * blank;
  for (let byte = at; byte < at + blockBytes; byte++) sum += into[byte]!;
  putNumber(into, at + 148, 7, sum);
  into[at + 155] = blank;
}
