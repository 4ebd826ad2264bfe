/**
 * Objects that are read in pieces, compared with the sum of the whole that their service keeps: each piece is summed up
 * as it passes, and when all are known their sums are joined. Pieces that another process read are not known.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { type Crc, crcs, type Running } from './crc.ts';

export type Sum = {
  readonly start: () => Running;
  /** What a piece came to. False: all pieces are known, and they are not what the service has. */
  readonly add: (offset: number, bytes: number, value: bigint) => boolean;
};

export type Sums = {
  /** The same for all who read this object, until it is known whole; `ask` is called for the first. */
  readonly of: (
    name: string,
    size: number,
    ask: () => Promise<IncomingHttpHeaders>,
  ) => Promise<Sum | undefined>;
};

const mostObjects = 512;

export function createSums(): Sums {
  const known = new Map<string, Promise<Sum | undefined>>();
  return {
    of(name, size, ask) {
      const there = known.get(name);
      if (there) return there;
      const oldest = known.keys().next();
      if (known.size >= mostObjects && !oldest.done) known.delete(oldest.value);
      const forget = () => known.delete(name);
      const sum = ask().then((headers) => sumIn(headers, size, forget));
      known.set(name, sum);
      sum.catch(forget);
      return sum;
    },
  };
}

/** Undefined where the service tells none of the whole. */
export function sumIn(
  headers: IncomingHttpHeaders,
  size: number,
  forget: () => void = () => undefined,
): Sum | undefined {
  for (const { header, crc } of told) {
    const value = headers[header];
    const wanted = value === undefined ? undefined : toldValue(String(value), crc);
    if (wanted !== undefined && headers['x-amz-checksum-type'] !== 'COMPOSITE')
      return gather(crc, wanted, size, forget);
  }
  return undefined;
}

const told = Object.entries(crcs).map(([name, crc]) => ({ header: `x-amz-checksum-${name}`, crc }));

/** Undefined where it is none, such as one of sums of parts, which ends in their number. */
function toldValue(base64: string, { bytes }: Crc): bigint | undefined {
  const value = Buffer.from(base64, 'base64');
  if (value.length !== bytes || value.toString('base64') !== base64) return undefined;
  return BigInt(`0x${value.toString('hex')}`);
}

type Piece = { readonly bytes: number; readonly value: bigint };

function gather(crc: Crc, wanted: bigint, size: number, forget: () => void): Sum {
  const pieces = new Map<number, Piece>();
  return {
    start: crc.start,
    add(offset, bytes, value) {
      if (bytes > 0) pieces.set(offset, { bytes, value });
      const whole = joined(crc, pieces, size);
      if (whole === undefined) return true;
      forget();
      return whole === wanted;
    },
  };
}

/** Undefined as long as there are gaps. */
function joined(crc: Crc, pieces: ReadonlyMap<number, Piece>, size: number): bigint | undefined {
  for (let at = 0; at < size; ) {
    const piece = pieces.get(at);
    if (!piece) return undefined;
    at += piece.bytes;
    if (at > size) return undefined;
  }
  let whole = 0n;
  for (let at = 0; at < size; ) {
    const { bytes, value } = pieces.get(at)!;
    whole = crc.joined(whole, value, bytes);
    at += bytes;
  }
  return whole;
}
