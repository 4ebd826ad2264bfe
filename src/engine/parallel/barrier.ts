/** Makes what was written durable: one barrier for each file system that the destination tree spans. */

import type { Passed } from '../../conduct/lanes/lanes.ts';
import * as c from '../../work/posix/constants.ts';
import * as libc from '../../work/posix/libc.ts';
import { openDirectory } from '../../work/posix/open-directory.ts';
import { openUnder } from '../../work/posix/open-under.ts';
import { Stat } from '../../work/posix/stat.ts';

export class Barrier implements Disposable {
  readonly #root: number;
  readonly #fds = new Map<bigint, number>();
  #dirty = new Set<bigint>();

  /** Opened before anything is written, so that no error in between is missed. */
  constructor(dest: Uint8Array) {
    this.#root = openDirectory(dest);
    const stat = new Stat();
    if (this.#root >= 0 && stat.of(this.#root) === 0) this.#fds.set(stat.device, this.#root);
  }

  /** Something was written on this file system, in this directory. */
  wrote(device: bigint, dir: Uint8Array): void {
    this.#dirty.add(device);
    if (this.#fds.has(device)) return;
    const fd = openUnder(this.#root, dir, c.O_RDONLY | c.O_DIRECTORY);
    if (fd >= 0) this.#fds.set(device, fd);
  }

  get isDirty(): boolean {
    return this.#dirty.size > 0;
  }

  /** Whether all that was written before this call is on disk now. Costs nothing where nothing was written. */
  async pass(): Promise<Passed> {
    const dirty = this.#dirty;
    this.#dirty = new Set();
    const fds = [...dirty].map((device) => this.#fds.get(device) ?? this.#root);
    const answers = await Promise.all(fds.map((fd) => libc.syncfs(fd)));
    return answers.every((answer) => answer === 0) ? 'durable' : 'lost';
  }

  [Symbol.dispose](): void {
    for (const fd of new Set([this.#root, ...this.#fds.values()])) if (fd >= 0) libc.close(fd);
  }
}
