/** The directories of this disk that entries are packed from: below the root, never through a symlink. */

import { type RelativePath, splitPath } from '../../../store/path.ts';
import * as libc from '../../../work/posix/libc.ts';
import { Slot } from '../../../work/posix/memory.ts';
import { openDirectory } from '../../../work/posix/open-directory.ts';
import { openNamed } from '../../../work/posix/open-under.ts';

const slot = new Slot();

export class Sources implements Disposable {
  readonly #root: number;
  #fd = -1;
  #path: RelativePath | undefined;

  constructor(root: Uint8Array) {
    this.#root = openDirectory(root);
  }

  [Symbol.dispose](): void {
    for (const fd of [this.#fd, this.#root]) if (fd >= 0) libc.close(fd);
    this.#fd = -1;
  }

  /** The directory, open until the next call, or a negative error number. */
  directory(path: RelativePath): number {
    if (this.#path && Buffer.compare(this.#path, path) === 0) return this.#fd;
    if (this.#fd >= 0) libc.close(this.#fd);
    this.#fd = openNamed(this.#root, path);
    this.#path = path;
    return this.#fd;
  }

  /** What has the path, in the directory it is in; both good until the next call. */
  at(path: RelativePath): { readonly dir: number; readonly name: number } {
    const { dir, name } = splitPath(path);
    return { dir: this.directory(dir), name: slot.put(name) };
  }
}
