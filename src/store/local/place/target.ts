/**
 * One directory at the destination while entries are put into it: opened below the root and never through a
 * symlink, and given back its times and mode after anything in it was changed.
 */
import { opendirSync } from 'node:fs';
import * as c from '../../../work/posix/constants.ts';
import { Dirents, keepName, type Name } from '../../../work/posix/dirents.ts';
import * as libc from '../../../work/posix/libc.ts';
import { Slot } from '../../../work/posix/memory.ts';
import { openUnder } from '../../../work/posix/open-under.ts';
import { Stat } from '../../../work/posix/stat.ts';
import { dress } from '../metadata/dress.ts';
import { type Lost, sameMode, sameOwner, sameTime } from '../metadata/metadata.ts';
import type { Aspect } from '../metadata/repair.ts';
import { type Attributes, attributesDiffer, hasAttributes } from '../metadata/xattrs.ts';
import type { KeepHow } from '../probe/holder.ts';

const slot = new Slot();
const mostTries = 100;

export class Target {
  /** the open directory */
  readonly fd: number;
  readonly stat = new Stat();
  /** new files here are handed attributes or a group by the directory */
  readonly loose: boolean;
  touched = false;
  /** nobody sees what is in it yet: files may have their names before they are complete */
  isHidden: boolean;
  #isLifted = false;

  /** 'plain': it was just made, where nobody sees it, in a directory that hands nothing down. */
  constructor(fd: number, how: 'seen' | 'hidden' | 'plain' = 'seen') {
    this.fd = fd;
    this.isHidden = how !== 'seen';
    this.stat.of(fd);
    this.loose = how !== 'plain' && ((this.stat.mode & 0o2000) !== 0 || hasAttributes(fd));
  }

  /**
   * Does something that changes the directory; where only its mode is in the way, that is lifted for the time.
   * Another lane that is done here may put the mode back meanwhile.
   */
  change(act: () => number): number {
    this.touched = true;
    for (let tries = 0; ; tries++) {
      const answer = act();
      if (answer !== -c.EACCES || tries === mostTries || !this.#lift(tries)) return answer;
    }
  }

  #lift(tries: number): boolean {
    const now = new Stat();
    now.of(this.fd);
    if ((now.mode & 0o300) === 0o300) return tries === 0 && now.mode !== this.stat.mode;
    this.#isLifted = true;
    return libc.fchmod(this.fd, now.mode | 0o700) === 0;
  }

  /** What of its own metadata is not the source's. */
  differences(sourceFd: number, source: Stat, how: KeepHow): Aspect[] {
    const { keep, holder } = how;
    const what: Aspect[] = [];
    if (keep.times && !sameTime(source, this.stat, holder)) what.push('time');
    if (!sameMode(source, this.stat, how)) what.push('mode');
    if (!sameOwner(source, this.stat, how)) what.push('owner');
    const mayDiffer = this.loose || hasAttributes(sourceFd);
    return mayDiffer ? [...what, ...attributesDiffer({ fd: sourceFd }, { fd: this.fd }, keep)] : what;
  }

  /** Gives it the source's metadata, after the last change in it; says what was lost, or why it failed. */
  settle(from: Attributes, source: Stat, how: KeepHow): Lost | number {
    const { keep } = how;
    const now = this.isHidden && !this.#isLifted ? this.stat : new Stat();
    if (now !== this.stat) now.of(this.fd);
    const wanted = keep.mode ? source : withMode(source, this.stat.mode);
    const attributes = (keep.xattrs || keep.acls) && !this.#hasNoneFrom(from) ? from : undefined;
    if (!keep.mode && now.mode !== wanted.mode) libc.fchmod(this.fd, wanted.mode);
    return dress(this.fd, { source: wanted, present: now, attributes }, how);
  }

  /** Neither it nor what it is to be like has any attribute, for certain. */
  #hasNoneFrom(from: Attributes): boolean {
    return this.isHidden && !this.loose && 'fd' in from && !hasAttributes(from.fd);
  }

  /** All names in it. */
  names(): Uint8Array[] {
    const names: Uint8Array[] = [];
    this.each((name) => names.push(keepName(name)));
    return names;
  }

  /** Shows each name in it, one after the other, to somebody who reads no other directory meanwhile. */
  each(show: (name: Name) => void): void {
    const dirents = new Dirents();
    libc.lseek(this.fd, 0, c.SEEK_SET);
    while (dirents.fill(this.fd) > 0) while (dirents.next()) show(dirents.name);
  }

  /** Removes what earlier runs left behind here. */
  sweep(isLeftover: (name: Uint8Array) => boolean): void {
    const found: Uint8Array[] = [];
    this.each((name) => {
      if (isLeftover(name.bytes.subarray(name.start, name.end))) found.push(keepName(name));
    });
    for (const name of found) this.change(() => removeTree(this.fd, name));
  }
}

/** Whether a directory below an open one holds anything, as one that may not be listed mostly does. */
export function isFull(dir: number, path: Uint8Array): boolean {
  const fd = openUnder(dir, path, c.O_RDONLY | c.O_DIRECTORY);
  if (fd < 0) return fd === -c.EACCES;
  try {
    using opened = opendirSync(`/proc/thread-self/fd/${fd}`); // the names of a walk are where ours would be read to
    return opened.readSync() !== null;
  } finally {
    libc.close(fd);
  }
}

/** Takes away an entry, and all that is in it where it is a directory; 0, or a negative error number. */
export function removeTree(dir: number, name: Uint8Array): number {
  const failed = libc.unlinkat(dir, slot.put(name), 0);
  if (failed !== -c.EISDIR && failed !== -c.EPERM) return failed;
  const fd = libc.openat(dir, slot.put(name), c.O_RDONLY | c.O_DIRECTORY | c.O_NOFOLLOW | c.O_CLOEXEC, 0);
  if (fd < 0) return libc.unlinkat(dir, slot.put(name), c.AT_REMOVEDIR) === 0 ? 0 : failed;
  const inside = new Target(fd);
  for (const below of inside.names()) inside.change(() => removeTree(fd, below));
  libc.close(fd);
  return libc.unlinkat(dir, slot.put(name), c.AT_REMOVEDIR);
}

function withMode(source: Stat, mode: number): Stat {
  const copy = source.copy();
  copy.words[7] = (copy.words[7]! & ~0o7777) | mode;
  return copy;
}
