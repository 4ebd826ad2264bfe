/** What one hands on without waiting and another takes in order, as it comes. */
export class Queue<T> implements AsyncIterable<T> {
  #items: T[] = [];
  #isOver = false;
  #changed = Promise.withResolvers<void>();

  push(item: T): void {
    this.#items.push(item);
    this.#change();
  }

  /** Nothing follows. */
  end(): void {
    this.#isOver = true;
    this.#change();
  }

  /** For one taker. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const items = this.#items;
      this.#items = [];
      yield* items;
      if (this.#items.length > 0) continue;
      if (this.#isOver) return;
      await this.#changed.promise;
    }
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
