/** One file on its way to the disk: it grows under a name of ours, and gets its metadata when it is whole. */
import { dress } from '../../../store/local/metadata/dress.ts';
import type { Lost } from '../../../store/local/metadata/metadata.ts';
import { startMode } from '../../../store/local/place/start-mode.ts';
import type { Target } from '../../../store/local/place/target.ts';
import type { KeepHow } from '../../../store/local/probe/holder.ts';
import * as c from '../../../work/posix/constants.ts';
import * as libc from '../../../work/posix/libc.ts';
import { type Block, Slot } from '../../../work/posix/memory.ts';
import { Stat } from '../../../work/posix/stat.ts';

const slot = new Slot();
const made = new Stat();
const flags = c.O_CREAT | c.O_EXCL | c.O_WRONLY | c.O_NOFOLLOW | c.O_CLOEXEC;

export class Incoming {
  readonly #fd: number;
  readonly #buffer: Block;
  #filled = 0;
  /** 0, or the first error number: what comes after it is dropped */
  errno = 0;

  /** `buffer` is its own until the end. */
  constructor(target: Target, partial: Uint8Array, stat: Stat, buffer: Block, how: KeepHow) {
    this.#buffer = buffer;
    const mode = startMode(stat, undefined, how);
    this.#fd = target.change(() => libc.openat(target.fd, slot.put(partial), flags, mode));
    if (this.#fd < 0) this.errno = this.#fd;
  }

  data(bytes: Uint8Array): void {
    const buffer = this.#buffer;
    for (let at = 0; at < bytes.length && this.errno === 0; ) {
      const took = Math.min(bytes.length - at, buffer.bytes.length - this.#filled);
      buffer.bytes.set(bytes.subarray(at, at + took), this.#filled);
      this.#filled += took;
      at += took;
      if (this.#filled === buffer.bytes.length) this.#flush();
    }
  }

  /** Dresses and closes it; undefined where `errno` says why it is not whole. */
  end(stat: Stat, said: ReadonlyMap<string, string>, loose: boolean, how: KeepHow): Lost | undefined {
    if (this.errno === 0) this.#flush();
    const attributes = loose || said.size > 0 ? { said } : undefined;
    made.of(this.#fd);
    const look = { source: stat, present: made, attributes };
    const lost = this.errno === 0 ? dress(this.#fd, look, how) : this.errno;
    this.drop();
    if (typeof lost === 'number') this.errno = lost;
    return this.errno === 0 && typeof lost !== 'number' ? lost : undefined;
  }

  /** Closes it. */
  drop(): void {
    this.#filled = 0;
    const failed = this.#fd < 0 ? 0 : libc.close(this.#fd);
    if (failed < 0 && this.errno === 0) this.errno = failed;
  }

  #flush(): void {
    for (let done = 0; done < this.#filled; ) {
      const wrote = libc.write(this.#fd, this.#buffer.at + done, this.#filled - done);
      if (wrote < 0) this.errno = wrote;
      if (wrote < 0) break;
      done += wrote;
    }
    this.#filled = 0;
  }
}
