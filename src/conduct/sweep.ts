/** What killed runs of the route left at the destination is looked for in each directory that a run comes to, once. */
import { pathKey } from '../work/posix/path.ts';
import type { RunSetup } from './setup.ts';

const mostKnown = 10_000; // beyond it some are looked through again

export class Sweep {
  readonly #setup: Pick<RunSetup, 'sweep' | 'dryRun' | 'tag' | 'ownTag' | 'spared'>;
  readonly #known = new Set<string>();

  constructor(setup: Pick<RunSetup, 'sweep' | 'dryRun' | 'tag' | 'ownTag' | 'spared'>) {
    this.#setup = setup;
  }

  /** Whether a directory is to be looked through: the first time that it is asked. */
  isDue(dir: Uint8Array): boolean {
    if (!this.#setup.sweep || this.#setup.dryRun) return false;
    const key = pathKey(dir);
    if (this.#known.has(key)) return false;
    if (this.#known.size >= mostKnown) this.#known.clear();
    this.#known.add(key);
    return true;
  }

  /** A name of ours that no run needs any more; those of this run are in use. */
  takes(name: string): boolean {
    const { tag, ownTag, spared } = this.#setup;
    return name.startsWith(tag) && !name.startsWith(ownTag) && !spared.includes(name);
  }
}
