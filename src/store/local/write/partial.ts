/** A file of ours that is not whole yet: it gets its name when it is, or goes with the scope that made it. */
import * as c from '../../../work/posix/constants.ts';
import { openat, unlinkat } from '../../../work/posix/libc.ts';
import { Slot } from '../../../work/posix/memory.ts';
import { Opened } from '../../../work/posix/opened.ts';
import { Stat } from '../../../work/posix/stat.ts';
import type { Entry } from '../../entry.ts';
import { isStill } from '../entry.ts';
import type { HeldName } from '../held-name.ts';
import { nameOver } from '../place/place.ts';

const slot = new Slot();
const stat = new Stat();

export class Partial extends Opened {
  readonly #held: HeldName;
  readonly #name: Uint8Array;
  #isNamed = false;

  /** `fd` comes from `create` in the same directory, with the same name. */
  constructor(fd: number, held: HeldName, name: Uint8Array) {
    super(fd);
    this.#held = held;
    this.#name = name;
  }

  /** Takes the name that is held, from what may be replaced if that still has it; answers 0 or an error number. */
  become(replaces: Entry | undefined): number {
    const answer = rename(this.#name, this.#held, replaces);
    this.#isNamed = answer === 0;
    return answer;
  }

  override [Symbol.dispose](): void {
    super[Symbol.dispose]();
    if (!this.#isNamed) unlinkat(this.#held.fd, slot.put(this.#name), 0);
  }
}

/** Gives a partial file the name that is held, from what may be replaced if that still has it. */
export function rename(partial: Uint8Array, { at: to }: HeldName, replaces: Entry | undefined): number {
  if (replaces && (stat.at(to.dir, to.name) < 0 || !isStill(stat, replaces))) return -c.EEXIST;
  return nameOver(partial, to, replaces && stat.mark);
}

/** Makes the file, for us alone; one that a killed run left under this name goes. */
export function create({ fd: dir }: HeldName, name: Uint8Array): number {
  const flags = c.O_CREAT | c.O_EXCL | c.O_WRONLY | c.O_NOFOLLOW | c.O_CLOEXEC;
  const fd = openat(dir, slot.put(name), flags, 0o600);
  if (fd !== -c.EEXIST) return fd;
  unlinkat(dir, slot.put(name), 0);
  return openat(dir, slot.put(name), flags, 0o600);
}
