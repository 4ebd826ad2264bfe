/** Carries out orders to write small files, in a thread that does nothing else. */
import { TransferError } from '../../../errors.ts';
import { Stat } from '../../../work/posix/stat.ts';
import type { Body } from '../../body.ts';
import { Root } from '../root.ts';
import { Order, orderBytes } from './order.ts';
import { put } from './write.ts';
import type { FromWriter, WriteSetup } from './write-thread.ts';

const never = new AbortController().signal;

export class Writing {
  readonly #root: Root;
  readonly #orders: readonly Order[];
  readonly #stat = new Stat();

  constructor({ root, memory }: WriteSetup) {
    this.#root = new Root(...root);
    const count = memory.byteLength / orderBytes;
    this.#orders = Array.from({ length: count }, (_, number) => new Order(memory, number));
  }

  async write(numbers: readonly number[]): Promise<FromWriter> {
    const done: number[] = [];
    const failed: FromWriter['failed'][number][] = [];
    for (const number of numbers) {
      try {
        await this.#carryOut(this.#orders[number]!);
        done.push(number);
      } catch (error) {
        if (!(error instanceof TransferError)) throw error;
        const { kind, message, hint } = error;
        failed.push({ number, kind, message, hint });
      }
    }
    return { done, failed };
  }

  async #carryOut(order: Order): Promise<void> {
    const { path, partial, bytes, metadata } = order.get();
    const to = { root: this.#root, path, stat: this.#stat };
    const how = { metadata, replaces: undefined, partial, durable: false };
    order.became(this.#stat, await put(to, heldBody(bytes), how, never));
  }
}

function heldBody(held: Uint8Array): Body {
  return {
    size: held.length,
    held,
    open: async function* () {
      yield held;
    },
  };
}
