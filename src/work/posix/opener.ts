/**
 * Opens directories below one root, one after the other. Where paths are long it begins at the one opened before,
 * when the next is below it: a tree thousands of levels deep costs a step a level and not a walk from the root.
 */
import { close } from './libc.ts';
import { openUnder } from './open-under.ts';

const longPath = 256;
const slash = 0x2f;

export class Opener implements Disposable {
  readonly #root: number;
  readonly #flags: number;
  #fd = -1;
  #path: Uint8Array = new Uint8Array(0);

  constructor(root: number, flags: number) {
    this.#root = root;
    this.#flags = flags;
  }

  /** As openUnder; the descriptor is the caller's. */
  open(path: Uint8Array): number {
    if (path.length < longPath) return openUnder(this.#root, path, this.#flags);
    const fd = this.#isBelow(path)
      ? openUnder(this.#fd, path.subarray(this.#path.length + 1), this.#flags)
      : openUnder(this.#root, path, this.#flags);
    if (fd >= 0) this.#remember(path, fd);
    return fd;
  }

  [Symbol.dispose](): void {
    if (this.#fd >= 0) close(this.#fd);
    this.#fd = -1;
  }

  #isBelow(path: Uint8Array): boolean {
    const { length } = this.#path;
    if (this.#fd < 0 || path[length] !== slash) return false;
    return Buffer.compare(path.subarray(0, length), this.#path) === 0;
  }

  #remember(path: Uint8Array, fd: number): void {
    if (this.#fd >= 0) close(this.#fd);
    this.#fd = openUnder(fd, nothing, this.#flags);
    this.#path = path;
  }
}

const nothing = new Uint8Array(0);
