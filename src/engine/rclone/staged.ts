/** Files in a directory of ours that wait for their names: given below the root, and never through a symlink. */

import type { Entry, FileEntry } from '../../store/entry.ts';
import { isStill } from '../../store/local/entry.ts';
import { renameFree } from '../../store/local/place/place.ts';
import { splitPath } from '../../store/path.ts';
import * as c from '../../work/posix/constants.ts';
import * as libc from '../../work/posix/libc.ts';
import { Slot } from '../../work/posix/memory.ts';
import { openUnder } from '../../work/posix/open-under.ts';
import { pathKey } from '../../work/posix/path.ts';
import { Stat } from '../../work/posix/stat.ts';

const slot = new Slot();
const found = new Stat();
const second = 1_000_000_000n;

export class Staged implements Disposable {
  readonly #root: number;
  readonly #stage: number;
  readonly #stepNs: bigint;
  /** of the directory that is open on both sides */
  #last: { readonly key: string; readonly from: number; readonly to: number } | undefined;

  /** Times of the source are told in such steps; undefined: they are not to be compared. */
  constructor(root: number, stage: number, stepNs: number | undefined) {
    this.#root = root;
    this.#stage = stage;
    this.#stepNs = BigInt(stepNs ?? 0);
  }

  [Symbol.dispose](): void {
    if (this.#last) for (const fd of [this.#last.from, this.#last.to]) if (fd >= 0) libc.close(fd);
    this.#last = undefined;
  }

  /** False where it is not as it was listed, or what has its name is not what may be replaced. */
  place(file: FileEntry, replaces: Entry | undefined): boolean {
    const { dir, name } = splitPath(file.path);
    const { from, to } = this.#open(dir);
    if (from < 0 || to < 0) return false;
    const at = slot.put(name);
    if (found.at(from, at) < 0 || found.type !== c.S_IFREG || !this.#isAsListed(file)) return false;
    if (!replaces) return renameFree({ dir: from, name: at }, { dir: to, name: at }) === 0;
    const isIt = found.at(to, at) === 0 && isStill(found, replaces);
    return isIt && libc.renameat(from, at, to, at) === 0;
  }

  #isAsListed({ size, mtimeNs }: FileEntry): boolean {
    if (found.size !== size) return false;
    if (mtimeNs === undefined || this.#stepNs === 0n) return true;
    const off = BigInt(found.mtimeSeconds) * second + BigInt(found.mtimeNs) - mtimeNs;
    return off < this.#stepNs && -off < this.#stepNs;
  }

  #open(dir: Uint8Array): { readonly from: number; readonly to: number } {
    const key = pathKey(dir);
    if (this.#last?.key === key) return this.#last;
    this[Symbol.dispose]();
    const flags = c.O_RDONLY | c.O_DIRECTORY;
    const from = openUnder(this.#stage, dir, flags);
    this.#last = { key, from, to: openUnder(this.#root, dir, flags) };
    return this.#last;
  }
}
