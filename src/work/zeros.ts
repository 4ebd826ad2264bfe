const zeros = Buffer.alloc(1024 * 1024);
/** Less saves nothing. */
const least = 16 * 1024;

/** Whether these are nothing but zeros, and so many that a hole is worth it. */
export function isHoleWorthy(bytes: Uint8Array): boolean {
  const { length } = bytes;
  if (length < least || length > zeros.length) return false;
  return bytes[0] === 0 && Buffer.compare(bytes, zeros.subarray(0, length)) === 0;
}
