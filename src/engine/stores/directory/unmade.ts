/**
 * Directories that could not be made at the destination: each was said to fail, and stands for all that is below it, of which
 * nothing is tried and nothing more is said.
 */
import { pathKey } from '../../../work/posix/path.ts';

export class Unmade {
  readonly #keys = new Set<string>();

  add(path: Uint8Array): void {
    this.#keys.add(pathKey(path));
  }

  /** Whether it is one of them, or below one. */
  covers(path: Uint8Array): boolean {
    if (this.#keys.size === 0) return false;
    const key = pathKey(path);
    for (let end = key.indexOf('/'); end >= 0; end = key.indexOf('/', end + 1))
      if (this.#keys.has(key.slice(0, end))) return true;
    return this.#keys.has(key);
  }
}
