/** Memory that two threads share, for bytes on their way from one to the other: nothing is allocated for a piece. */

const slotBytes = 64 * 1024;
const slots = 16;

/** The bytes of a piece that was told by its slot. */
export function pieceIn(memory: SharedArrayBuffer, slot: number, bytes: number): Buffer {
  return Buffer.from(memory, slot * slotBytes, bytes);
}

/** The side that fills it. */
export class Ring {
  readonly memory = new SharedArrayBuffer(slotBytes * slots);
  readonly #free = Array.from({ length: slots }, (_, slot) => slot);
  #changed = Promise.withResolvers<void>();

  /** Nothing is under way. */
  get isWhole(): boolean {
    return this.#free.length === slots;
  }

  /** Copies as much as fits into one slot, once there is one; answers which, and how much that was. */
  async put(
    bytes: Uint8Array,
    signal: AbortSignal,
  ): Promise<{ readonly slot: number; readonly bytes: number }> {
    while (this.#free.length === 0) {
      await this.#changed.promise;
      signal.throwIfAborted();
    }
    const slot = this.#free.pop()!;
    const piece = bytes.subarray(0, slotBytes);
    pieceIn(this.memory, slot, piece.length).set(piece);
    return { slot, bytes: piece.length };
  }

  /** The other side is done with what was there. */
  took(slot: number): void {
    this.#free.push(slot);
    this.wake();
  }

  /** Whoever waits looks at his signal. */
  wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
