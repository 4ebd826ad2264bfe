/**
 * Directories at the destination that several lanes make something in at a time: each is dressed when the last of them
 * leaves it, for one that is dressed before may keep the others out.
 */
import type { RelativePath } from '../../../store/path.ts';
import { heardLater } from '../../../work/heard-later.ts';
import { pathKey } from '../../../work/posix/path.ts';
import { createTurns } from '../../../work/turns.ts';

type Shared = { inside: number; touched: boolean; dressing?: Promise<void> };

export class SharedDirectories {
  /** for who takes away what a directory is to take the place of */
  readonly clearing = createTurns(1);
  readonly #dress: (dir: RelativePath) => Promise<void>;
  readonly #shared = new Map<string, Shared>();

  constructor(dress: (dir: RelativePath) => Promise<void>) {
    this.#dress = dress;
  }

  /** Does something in a directory, which is dressed later if anybody said `touch` there. */
  async within<T>(dir: RelativePath, act: (touch: () => void) => Promise<T>): Promise<T> {
    const shared = await this.#enter(pathKey(dir));
    try {
      return await act(() => {
        shared.touched = true;
      });
    } finally {
      await this.#leave(dir, shared);
    }
  }

  async #enter(key: string): Promise<Shared> {
    for (;;) {
      const shared = this.#shared.get(key) ?? { inside: 0, touched: false };
      this.#shared.set(key, shared);
      if (!shared.dressing) {
        shared.inside++;
        return shared;
      }
      await shared.dressing.catch(() => undefined); // who left last is told
    }
  }

  async #leave(dir: RelativePath, shared: Shared): Promise<void> {
    shared.inside--;
    if (shared.inside > 0) return;
    if (shared.touched) shared.dressing = heardLater(this.#dress(dir));
    try {
      await shared.dressing;
    } finally {
      this.#shared.delete(pathKey(dir));
    }
  }
}
