/**
 * Memory for large pieces of files, used again. What is made anew for each piece and thrown away costs the collector of
 * garbage more time than it takes to move the bytes.
 */

const least = 64 * 1024; // what is smaller costs less to make than to keep
const most = 257 * 1024; // 256 KiB, or 255 in a packet
const mostIdle = 32;

const idle: ArrayBuffer[] = [];
const lent = new WeakSet<ArrayBufferLike>();

/** So many bytes that hold anything. */
export function takeChunk(bytes: number): Buffer {
  if (bytes < least || bytes > most) return Buffer.allocUnsafe(bytes);
  const memory = idle.pop() ?? Buffer.allocUnsafeSlow(most).buffer;
  lent.add(memory);
  return Buffer.from(memory, 0, bytes);
}

/** For who was the last to read it, and knows it: the memory is somebody else's from now on. Any other memory stays. */
export function giveBack({ buffer }: Uint8Array): void {
  if (lent.delete(buffer) && idle.length < mostIdle) idle.push(buffer as ArrayBuffer);
}
