/**
 * What bytes of a name add up to, in 32 bits of which the lower ones tell, too. As FNV-1a, whose lower bits never learn of the
 * upper ones: without what brings them down, names that add up to the same with one seed would with each 256th.
 */
export function sumOf(seed: number, bytes: Uint8Array, start: number, end: number): number {
  let sum = seed;
  for (let at = start; at < end; at++) {
    sum = Math.imul(sum ^ bytes[at]!, 0x01000193);
    sum ^= sum >>> 15;
  }
  return sum;
}
