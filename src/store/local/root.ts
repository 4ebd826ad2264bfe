/**
 * The place of a local store, opened once it is needed and there. Above it symlinks are followed, because a person
 * named it so; below it none is.
 */

import { show } from '../../report/show.ts';
import * as c from '../../work/posix/constants.ts';
import { openDirectory } from '../../work/posix/open-directory.ts';
import { openUnder } from '../../work/posix/open-under.ts';
import { Opened } from '../../work/posix/opened.ts';
import { join } from '../../work/posix/path.ts';
import { type RelativePath, splitPath } from '../path.ts';
import { type Doing, trouble } from './fault.ts';

const slash = Buffer.from('/');

export class Root implements Disposable {
  readonly #path: Buffer;
  #opened: Opened | undefined;

  /** `fd` where somebody has opened it, who also closes it. */
  constructor(path: Uint8Array, fd?: number) {
    if (fd !== undefined) this.#opened = new Opened(fd);
    let end = path.length;
    while (end > 1 && path[end - 1] === slash[0]) end--;
    this.#path = Buffer.from(path.subarray(0, end));
  }

  /** The place for another thread, as long as this one is open; undefined where nobody needed it yet. */
  get shared(): ConstructorParameters<typeof Root> | undefined {
    return this.#opened && [this.#path, this.#opened.fd];
  }

  /** Opens a directory; answers a descriptor or a negative error number. */
  directory(path: RelativePath, flags: number): number {
    if (this.#opened) return openUnder(this.#opened.fd, path, flags | c.O_DIRECTORY);
    const fd = openDirectory(this.#path, c.O_PATH);
    if (fd < 0) return fd;
    this.#opened = new Opened(fd);
    return this.directory(path, flags);
  }

  /** Opens the directory that an entry is in; answers the same. */
  parent(path: RelativePath, flags: number): number {
    return path.length === 0
      ? openDirectory(this.#above(), flags)
      : this.directory(splitPath(path).dir, flags);
  }

  /** What an entry is called there. */
  name(path: RelativePath): Uint8Array {
    if (path.length > 0) return splitPath(path).name;
    return this.#path.equals(slash)
      ? Buffer.from('.')
      : this.#path.subarray(this.#path.lastIndexOf(slash) + 1);
  }

  /** The answer of a call about an entry; throws where that is a negative error number. */
  checked(path: RelativePath, answer: number, doing: Doing | 'list' | 'remove'): number {
    if (answer < 0) throw this.trouble(path, answer, doing);
    return answer;
  }

  trouble(path: RelativePath, errno: number, doing: Doing | 'list' | 'remove') {
    return trouble(this.whole(path), errno, doing, { dest: this.#opened?.fd ?? -1, below: path });
  }

  /** For people. */
  show(path: RelativePath): string {
    return show(this.whole(path));
  }

  /** Where an entry is on this machine. */
  whole(path: RelativePath): Uint8Array {
    return whole(this.#path, path);
  }

  #above(): Uint8Array {
    return this.#path.subarray(0, Math.max(1, this.#path.lastIndexOf(slash)));
  }

  [Symbol.dispose](): void {
    this.#opened?.[Symbol.dispose]();
  }
}

/** A path below an absolute one. */
export function whole(dir: Uint8Array, path: Uint8Array): Uint8Array {
  return slash.equals(dir) ? Buffer.concat([slash, path]) : join(dir, path);
}
