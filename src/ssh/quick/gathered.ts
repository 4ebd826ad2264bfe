/**
 * What leaves for a host in one turn goes at once: the library writes each packet in three pieces, of which two are
 * tiny. Packets can be made in memory that is used again when the system has taken what was in it.
 */
import type { Duplex } from 'node:stream';
import { type Block, block } from '../../work/posix/memory.ts';

/** Nine of the largest packets that sshd takes, without their ends: a chunk of 256 KiB. */
const blockBytes = 288 * 1024;
const mostKept = 64;

const kept: Block[] = [];

export type Room = { readonly block: Block; readonly at: number };

/** `write` and `end` of the stream are this one's from now on. */
export class Gathered {
  readonly #stream: Duplex;
  readonly #write: Duplex['write'];
  #isGathering = false;
  #block: Block | undefined;
  #from = 0;
  #used = 0;
  /** of the block, not taken by the system yet */
  #under = { writes: 0, isLeft: false };

  constructor(stream: Duplex) {
    this.#stream = stream;
    this.#write = stream.write.bind(stream) as Duplex['write'];
    const gather = (...args: Parameters<Duplex['write']>) => {
      this.#flush();
      this.#gather();
      return this.#write(...args);
    };
    const end = stream.end.bind(stream) as (...args: unknown[]) => Duplex;
    const finish = (...args: unknown[]) => {
      this.#flush();
      return end(...args);
    };
    Object.assign(stream, { write: gather, end: finish });
  }

  /** Memory for so many bytes, at most 64 KiB, after what was added; good until the next call or write. */
  room(bytes: number): Room {
    if (this.#block && this.#used + bytes > this.#block.bytes.length) this.#leave();
    this.#block ??= kept.pop() ?? block(blockBytes);
    return { block: this.#block, at: this.#used };
  }

  /** So many bytes of the room are to be sent. */
  add(bytes: number): void {
    this.#used += bytes;
    this.#gather();
  }

  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#stream.cork();
    process.nextTick(() => {
      this.#isGathering = false;
      this.#flush();
      this.#stream.uncork();
    });
  }

  #flush(): void {
    if (!this.#block || this.#from === this.#used) return;
    const [own, under] = [this.#block, this.#under];
    const bytes = own.bytes.subarray(this.#from, this.#used);
    this.#from = this.#used;
    if (!this.#stream.writable) return;
    under.writes++;
    this.#write(bytes, () => {
      under.writes--;
      keep(own, under);
    });
  }

  /** Another block is next. */
  #leave(): void {
    this.#flush();
    this.#under.isLeft = true;
    keep(this.#block!, this.#under);
    this.#block = undefined;
    this.#under = { writes: 0, isLeft: false };
    this.#from = 0;
    this.#used = 0;
  }
}

function keep(own: Block, { writes, isLeft }: { readonly writes: number; readonly isLeft: boolean }): void {
  if (isLeft && writes === 0 && kept.length < mostKept) kept.push(own);
}
