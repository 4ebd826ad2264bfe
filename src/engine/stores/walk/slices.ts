/** Names of a very large directory that go to others, so many at a time. */
import { sliceAfter } from '../../../profile/bundle.ts';
import { type RelativePath, splitPath } from '../../../store/path.ts';
import { NamePacker } from '../../../work/posix/dirents.ts';
import type { Dir } from './visitor.ts';
import type { Walking } from './walking.ts';

const mostNames = 1000;

export class Slices {
  readonly #dir: Dir;
  readonly #share: Walking['share'];
  readonly #names = new NamePacker();
  #given = 0;

  constructor(dir: Dir, share: Walking['share']) {
    this.#dir = dir;
    this.#share = share;
  }

  /** Some names wait for more to go with them. */
  get isBegun(): boolean {
    return this.#names.count > 0;
  }

  async add(path: RelativePath): Promise<void> {
    this.#names.addBytes(splitPath(path).name);
    if (this.#names.count >= mostNames) await this.give();
  }

  /** What waits goes now. */
  async give(): Promise<void> {
    if (!this.isBegun) return;
    const { path: dir, fresh } = this.#dir;
    await this.#share({
      dir,
      names: this.#names.take(),
      what: 'entries',
      fresh: fresh ? new Uint8Array(1) : undefined,
      slice: sliceAfter(this.#given++),
    });
  }
}
