/** Sums as they go with what is written. */
import { createHash } from 'node:crypto';
import { type Crc, crcs } from './crc.ts';
import { crc32 } from './quick.ts';

export type SumName = keyof typeof crcs;

/** What the service is to compare the bytes with, and keeps with them. */
export function checksumOf(bytes: Uint8Array): { readonly 'x-amz-checksum-crc32': string } {
  return { 'x-amz-checksum-crc32': crc32Of(bytes) };
}

/** A CRC32 in the words of a header. */
export function crc32Of(bytes: Uint8Array): string {
  word.writeUInt32BE(crc32(bytes, 0));
  return word.toString('base64');
}

const word = Buffer.alloc(4);

/** The same of no bytes, in words that every service knows: who locks objects asks it of each. */
export const sumOfNothing = { 'content-md5': '1B2M2Y8AsgTpgAmY7PhCfg==' } as const;

/** Of bytes in any chunks, the same: the sum of this name, or where the service keeps none, an MD5 to compare with. */
export function summing(name: SumName | undefined): {
  readonly add: (chunk: Uint8Array) => void;
  readonly headers: () => Record<string, string>;
} {
  if (name === undefined) {
    const md5 = createHash('md5');
    return {
      add: (chunk) => void md5.update(chunk),
      headers: () => ({ 'content-md5': md5.digest('base64') }),
    };
  }
  const { add, value } = crcs[name].start();
  return { add, headers: () => ({ [headerOf(name)]: base64Of(crcs[name], value()) }) };
}

export function headerOf(name: SumName): string {
  return `x-amz-checksum-${name}`;
}

/** Of parts one after the other. */
export function joinedSum(
  name: SumName,
  parts: Iterable<{ readonly size: number; readonly sum: string }>,
): string {
  const crc = crcs[name];
  let whole = 0n;
  for (const { size, sum } of parts)
    whole = crc.joined(whole, BigInt(`0x${Buffer.from(sum, 'base64').toString('hex')}`), size);
  return base64Of(crc, whole);
}

function base64Of({ bytes }: Crc, value: bigint): string {
  return Buffer.from(value.toString(16).padStart(bytes * 2, '0'), 'hex').toString('base64');
}
