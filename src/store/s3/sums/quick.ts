/**
 * What adds up a CRC32 and a CRC32C: the processor's own instructions, in an addon that is loaded with the first bytes
 * that are worth it. Where it does not load, node:zlib does the CRC32, a fifth as fast, and nothing here the CRC32C.
 */
import * as zlib from 'node:zlib';
import { type Adders, loadAdders } from '../../../work/native.ts';

const few = 4 * 1024; // bytes, which take a microsecond either way

let loaded: { readonly adders: Adders | undefined } | undefined;

/** Of all that went before, whose sum is `sum`, and these. */
export function crc32(bytes: Uint8Array, sum: number): number {
  const add = bytes.length > few && adders()?.crc32;
  return add ? add(bytes, sum) : zlib.crc32(bytes, sum);
}

/** The same of a CRC32C; undefined where there is no addon. */
export function quickCrc32c(): Adders['crc32c'] | undefined {
  return adders()?.crc32c;
}

function adders(): Adders | undefined {
  loaded ??= { adders: attempt() };
  return loaded.adders;
}

function attempt(): Adders | undefined {
  try {
    return loadAdders();
  } catch {
    return undefined; // slower, and no less right
  }
}
