/** A name in an open directory, for as long as the scope that asked for it lasts. */
import * as c from '../../work/posix/constants.ts';
import { Slot } from '../../work/posix/memory.ts';
import { isAbsent } from '../../work/posix/open-under.ts';
import { Opened } from '../../work/posix/opened.ts';
import type { RelativePath } from '../path.ts';
import type { Doing } from './fault.ts';
import type { At } from './place/place.ts';
import type { Root } from './root.ts';

const idle: Slot[] = []; // each costs as much as the calls that a name is for

export class HeldName extends Opened {
  readonly #name: Uint8Array;
  readonly #slot = idle.pop() ?? new Slot();

  constructor(fd: number, name: Uint8Array) {
    super(fd);
    this.#name = name;
  }

  /** As the C library takes it, as long as this is held. */
  get at(): At {
    return { dir: this.fd, name: this.#slot.put(this.#name) };
  }

  override [Symbol.dispose](): void {
    super[Symbol.dispose]();
    idle.push(this.#slot);
  }
}

/** Opens the directory an entry is in. */
export function hold(root: Root, path: RelativePath, flags: number, doing: Doing | 'remove'): HeldName {
  return new HeldName(root.checked(path, root.parent(path, flags), doing), root.name(path));
}

/** What `act` answers for the entry; undefined where it is not there. */
export function ifThere(
  root: Root,
  path: RelativePath,
  doing: Doing | 'remove',
  act: (at: At) => number,
): number | undefined {
  const fd = root.parent(path, c.O_PATH);
  using held = fd < 0 ? undefined : new HeldName(fd, root.name(path));
  const answer = held ? act(held.at) : fd;
  return isAbsent(answer) ? undefined : root.checked(path, answer, doing);
}
