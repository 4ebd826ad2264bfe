/**
 * What was listed of names that one lane gives to another, so that nobody asks for it again. Only so much is held, the
 * latest: what else is given away is looked at by who gets it.
 */
import type { Entry } from '../../../store/entry.ts';
import { pathKey } from '../../../work/posix/path.ts';

const mostHeld = 32_000; // as many lanes as there may be have a thousand each to go on with

export type Known = {
  readonly entry: Entry;
  /** what has its name at the destination; null: nothing, undefined: that is not known */
  readonly present: Entry | null | undefined;
};

export class Handed {
  readonly #known = new Map<string, Known>();

  give(known: Known): void {
    this.#known.set(pathKey(known.entry.path), known);
    if (this.#known.size > mostHeld) this.#known.delete(this.#known.keys().next().value!);
  }

  /** Once: whoever looks again wants to know how it is by then. */
  take(path: Uint8Array): Known | undefined {
    const key = pathKey(path);
    const known = this.#known.get(key);
    if (known) this.#known.delete(key);
    return known;
  }
}
