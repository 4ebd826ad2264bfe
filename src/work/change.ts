/** Something that others wait for changes now and then: whoever waits looks again. */
export class Change {
  #next = Promise.withResolvers<void>();

  /** Resolves when it is told next. */
  get next(): Promise<void> {
    return this.#next.promise;
  }

  tell(): void {
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }
}
