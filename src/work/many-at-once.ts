/** Items that wait for others, because what is done with many at a time costs each of them less. */
import { each } from './each.ts';

export class ManyAtOnce<T> {
  readonly #size: number;
  readonly #work: (item: T) => Promise<void>;
  #items: T[] = [];

  constructor(size: number, work: (item: T) => Promise<void>) {
    this.#size = size;
    this.#work = work;
  }

  /** Resolves when there is room for more. */
  async add(item: T, signal: AbortSignal): Promise<void> {
    this.#items.push(item);
    if (this.#items.length >= this.#size) await this.end(signal);
  }

  /** Does what waits. */
  end(signal: AbortSignal): Promise<void> {
    return each(this.#size, this.#items.splice(0), signal, this.#work);
  }
}
