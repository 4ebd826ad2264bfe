/** Names of objects that directories may still have: a listing is in the order of its keys. */
import { isBefore } from './order.ts';

export class Recent {
  readonly #names = new Set<string>();

  add(name: string): void {
    this.#names.add(name);
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  forgetBefore(last: string): void {
    for (const name of this.#names) if (isBefore(name, last)) this.#names.delete(name);
  }
}
