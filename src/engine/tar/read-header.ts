/** Reads one header block, as somebody else wrote it. */
import { corrupt } from './corrupt.ts';
import { headerNumber } from './numbers.ts';

export type Header = {
  readonly flag: string;
  readonly path: Uint8Array;
  readonly target: Uint8Array;
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeSeconds: number;
  readonly userName: string;
  readonly groupName: string;
  readonly major: number;
  readonly minor: number;
};

const slash = Buffer.from('/');
const gnu = Buffer.from('ustar  \0');
const ustar = Buffer.from('ustar\0');

/** Throws 'corrupt' for a block whose checksum or numbers are wrong. */
export function readHeader(block: Buffer): Header {
  if (number(block, 148, 8) !== checksum(block)) throw corrupt('the checksum of a header is wrong');
  const isGnu = isAt(block, gnu);
  const isUstar = isGnu || isAt(block, ustar);
  return {
    flag: String.fromCharCode(block[156]!),
    path: isUstar && !isGnu ? prefixed(block) : text(block, 0, 100),
    target: text(block, 157, 100),
    size: size(block),
    mode: number(block, 100, 8) & 0o7777,
    uid: number(block, 108, 8),
    gid: number(block, 116, 8),
    mtimeSeconds: number(block, 136, 12),
    userName: isUstar ? text(block, 265, 32).toString() : '',
    groupName: isUstar ? text(block, 297, 32).toString() : '',
    major: isUstar ? number(block, 329, 8) : 0,
    minor: isUstar ? number(block, 337, 8) : 0,
  };
}

function isAt(block: Buffer, magic: Buffer): boolean {
  return block.compare(magic, 0, magic.length, 257, 257 + magic.length) === 0;
}

function prefixed(block: Buffer): Buffer {
  const name = text(block, 0, 100);
  return block[345] === 0 ? name : Buffer.concat([text(block, 345, 155), slash, name]);
}

function size(block: Buffer): number {
  const value = number(block, 124, 12);
  if (value < 0) throw corrupt('a header has a size below 0');
  return value;
}

function number(block: Buffer, at: number, room: number): number {
  const value = headerNumber(block, at, room);
  if (value === undefined) throw corrupt('a header has a number that is none');
  return value;
}

/** Bytes of its own, up to a NUL. */
function text(block: Buffer, at: number, room: number): Buffer {
  const nul = block.indexOf(0, at);
  return Buffer.from(block.subarray(at, nul < 0 || nul > at + room ? at + room : nul));
}

/** Of bytes without a sign, with blanks where the sum itself is. */
function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let i = 0; i < 148; i++) sum += block[i]!;
  for (let i = 156; i < 512; i++) sum += block[i]!;
  return sum;
}
