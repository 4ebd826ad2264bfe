/** Reads one header block, as somebody else wrote it. */
import { corrupt } from './corrupt.ts';
import type { HeaderFields } from './header.ts';
import { headerNumber } from './numbers.ts';

/** What says how to go on. */
export type Start = Pick<HeaderFields, 'flag' | 'size'>;

export type Header = HeaderFields;

const slash = Buffer.from('/');
const gnu = Buffer.from('ustar  \0');
const ustar = Buffer.from('ustar\0');

/** Throws 'corrupt' for a block whose checksum or size is wrong. */
export function readStart(block: Buffer): Start {
  if (number(block, 148, 8) !== checksum(block)) throw corrupt('the checksum of a header is wrong');
  const size = number(block, 124, 12);
  if (size < 0) throw corrupt('a header has a size below 0');
  return { flag: String.fromCharCode(block[156]!), size };
}

/** The rest of a block that begins so; throws 'corrupt' where its numbers are none. */
export function readHeader({ flag, size }: Start, block: Buffer): Header {
  const isGnu = isAt(block, gnu);
  const isUstar = isGnu || isAt(block, ustar);
  return {
    flag,
    size,
    path: isUstar && !isGnu ? prefixed(block) : text(block, 0, 100),
    target: text(block, 157, 100),
    mode: number(block, 100, 8) & 0o7777,
    uid: number(block, 108, 8),
    gid: number(block, 116, 8),
    mtimeSeconds: number(block, 136, 12),
    major: isUstar ? number(block, 329, 8) : 0,
    minor: isUstar ? number(block, 337, 8) : 0,
  };
}

function isAt(block: Buffer, magic: Buffer): boolean {
  for (let i = 0; i < magic.length; i++) if (block[257 + i] !== magic[i]) return false;
  return true;
}

function prefixed(block: Buffer): Uint8Array {
  const name = text(block, 0, 100);
  return block[345] === 0 ? name : Buffer.concat([text(block, 345, 155), slash, name]);
}

function number(block: Buffer, at: number, room: number): number {
  const value = headerNumber(block, at, room);
  if (value === undefined) throw corrupt('a header has a number that is none');
  return value;
}

/** Bytes of its own, up to a NUL. */
function text(block: Buffer, at: number, room: number): Uint8Array {
  return block[at] === 0 ? nothing : new Uint8Array(block.subarray(at, endOf(block, at, room)));
}

function endOf(block: Buffer, at: number, room: number): number {
  let end = at;
  while (end < at + room && block[end] !== 0) end++;
  return end;
}

const nothing = new Uint8Array(0);

/** Of bytes without a sign, with blanks where the sum itself is. */
function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let i = 0; i < 148; i++) sum += block[i]!;
  for (let i = 156; i < 512; i++) sum += block[i]!;
  return sum;
}
