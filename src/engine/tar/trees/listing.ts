/** Directories that one run of find lists: which of them it is at, and of which it is not sure that all was told. */
import type { RelativePath } from '../../../store/path.ts';
import * as c from '../../../work/posix/constants.ts';
import { pathKey } from '../../../work/posix/path.ts';
import { sendList } from '../host/send.ts';
import type { FoundRecords } from './found-records.ts';

export class Listing {
  /** as find is given what all of them are in, of which it tells first */
  readonly #top: string;
  #isTopNext = true;
  readonly #unseen: Map<string, RelativePath>;
  readonly #passed: RelativePath[] = [];
  readonly #seen: RelativePath[] = [];
  #isDoubted = false;
  /** the directory whose entries come; undefined: nobody wants them */
  at: RelativePath | undefined;

  constructor(dirs: readonly RelativePath[], top: string) {
    this.#top = top;
    this.#unseen = new Map(dirs.map((dir) => [startOf(dir), dir]));
  }

  /** For find. */
  words(): Uint8Array {
    return sendList(this.#unseen.values());
  }

  /** The next one begins; undefined where it is none that was asked for, or is no directory any more. */
  next({ start, type }: FoundRecords): RelativePath | undefined {
    const isTop = this.#isTopNext && start === this.#top;
    this.#isTopNext = false;
    const dir = type === c.S_IFDIR && !isTop ? this.#unseen.get(start) : undefined;
    if (dir) this.#unseen.delete(start);
    if (dir) this.#seen.push(dir);
    this.at = dir;
    return dir;
  }

  /** The one at hand is somebody else's. */
  pass(): void {
    this.#seen.pop();
    if (this.at) this.#passed.push(this.at);
    this.at = undefined;
  }

  /** Those that did not begin. */
  unseen(): Iterable<RelativePath> {
    return this.#unseen.values();
  }

  /** Something is missing, nobody knows where. */
  doubt(): void {
    this.#isDoubted = true;
  }

  /** To be looked at again with all that is in them. */
  doubted(): RelativePath[] {
    return [...this.#unseen.values(), ...this.#passed, ...(this.#isDoubted ? this.#seen : [])];
  }
}

function startOf(dir: RelativePath): string {
  return `./${pathKey(dir)}`;
}
