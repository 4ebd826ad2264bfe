/**
 * Directories at the destination that several lanes make something in at a time: each is dressed when the last of them
 * leaves it, for one that is dressed before may keep the others out.
 */
import type { RelativePath } from '../../store/path.ts';
import { heard } from '../../work/heard.ts';
import { pathKey } from '../../work/posix/path.ts';
import { createTurns } from '../../work/turns.ts';

type Crowd = { inside: number; touched: boolean; dressing?: Promise<void> };

export class Crowded {
  /** for who takes away what a directory is to take the place of */
  readonly clearing = createTurns(1);
  readonly #dress: (dir: RelativePath) => Promise<void>;
  readonly #crowds = new Map<string, Crowd>();

  constructor(dress: (dir: RelativePath) => Promise<void>) {
    this.#dress = dress;
  }

  /** Does something in a directory, which is dressed later if anybody said `touch` there. */
  async within<T>(dir: RelativePath, act: (touch: () => void) => Promise<T>): Promise<T> {
    const crowd = await this.#enter(pathKey(dir));
    try {
      return await act(() => {
        crowd.touched = true;
      });
    } finally {
      await this.#leave(dir, crowd);
    }
  }

  async #enter(key: string): Promise<Crowd> {
    for (;;) {
      const crowd = this.#crowds.get(key) ?? { inside: 0, touched: false };
      this.#crowds.set(key, crowd);
      if (!crowd.dressing) {
        crowd.inside++;
        return crowd;
      }
      await crowd.dressing.catch(() => undefined); // who left last is told
    }
  }

  async #leave(dir: RelativePath, crowd: Crowd): Promise<void> {
    crowd.inside--;
    if (crowd.inside > 0) return;
    if (crowd.touched) crowd.dressing = heard(this.#dress(dir));
    try {
      await crowd.dressing;
    } finally {
      this.#crowds.delete(pathKey(dir));
    }
  }
}
