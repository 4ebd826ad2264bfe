/**
 * Memory for packets that come, each in one piece, and are soon read. It is used again when who read the last of one
 * says so; what nobody gives back is garbage like any other.
 */
import { type Block, unsetBlock } from './posix/memory.ts';

/** The longest packet of SSH, and what is around it. */
const packetBytes = 36 * 1024;
const mostIdle = 64;

const idle: Block[] = [];
const lent = new WeakMap<ArrayBufferLike, Block>();

/** So many bytes as a packet may have, that hold anything. */
export function takePacket(): Block {
  const memory = idle.pop() ?? unsetBlock(packetBytes);
  lent.set(memory.bytes.buffer, memory);
  return memory;
}

/** For who read all of a packet, and knows that nobody else will. Any other memory stays whose it is. */
export function packetRead({ buffer }: Uint8Array): void {
  const memory = lent.get(buffer);
  if (!memory) return;
  lent.delete(buffer);
  if (idle.length < mostIdle) idle.push(memory);
}
