/** A dry run that was given a list: the same directory may be above many of its names, and is made once. */
import { pathKey } from '../../work/posix/path.ts';
import type { Outcome } from '../jobs.ts';

export class Once {
  readonly #made = new Set<string>();

  /** Takes out what was said to be made before. */
  filter({ done, tally }: Outcome): void {
    const kept = done.filter(({ action, path }) => action !== 'make' || this.#isFirst(path));
    tally.made -= done.length - kept.length;
    done.splice(0, done.length, ...kept);
  }

  #isFirst(path: Uint8Array): boolean {
    const key = pathKey(path);
    if (this.#made.has(key)) return false;
    this.#made.add(key);
    return true;
  }
}
