/**
 * Memory for large pieces of files, used again. What is made anew for each piece and thrown away costs the collector of
 * garbage, and the system that has to clear it, more time than it takes to move the bytes.
 */

const least = 64 * 1024; // what is smaller costs less to make than to keep

type Shelf = { readonly most: number; readonly idle: ArrayBuffer[] };

/** 256 KiB, or 255 in a packet; and the largest file that moves in one piece. */
const shelves: readonly Shelf[] = [
  { most: 257 * 1024, idle: [] },
  { most: 1024 * 1024, idle: [] },
];
const mostIdle = 32;

const lent = new WeakMap<ArrayBufferLike, Shelf>();

/** So many bytes that hold anything. */
export function takeChunk(bytes: number): Buffer {
  const shelf = bytes < least ? undefined : shelves.find(({ most }) => bytes <= most);
  if (!shelf) return Buffer.allocUnsafe(bytes);
  const memory = shelf.idle.pop() ?? Buffer.allocUnsafeSlow(shelf.most).buffer;
  lent.set(memory, shelf);
  return Buffer.from(memory, 0, bytes);
}

/** For who was the last to read it, and knows it: the memory is somebody else's from now on. Any other memory stays. */
export function giveBack({ buffer }: Uint8Array): void {
  const shelf = lent.get(buffer);
  if (!shelf) return;
  lent.delete(buffer);
  if (shelf.idle.length < mostIdle) shelf.idle.push(buffer as ArrayBuffer);
}
