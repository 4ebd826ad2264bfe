/** Compares what a walk shows it with the destination, and changes nothing. */

import type { Excluded } from '../../profile/filter.ts';
import { type Descend, type Directory, descend, type Visitor } from '../../profile/visitor.ts';
import { fault } from '../../store/local/fault.ts';
import { metadataDiffers } from '../../store/local/metadata/repair.ts';
import { attributedAt, mayHaveAttributes } from '../../store/local/metadata/xattrs.ts';
import { sameBytes } from '../../store/local/place/bytes.ts';
import { sameNode } from '../../store/local/place/node.ts';
import type { At, Both } from '../../store/local/place/place.ts';
import { Target } from '../../store/local/place/target.ts';
import * as c from '../../work/posix/constants.ts';
import { keepName, type Name } from '../../work/posix/dirents.ts';
import * as libc from '../../work/posix/libc.ts';
import { Slot } from '../../work/posix/memory.ts';
import { join, pathKey } from '../../work/posix/path.ts';
import { Stat } from '../../work/posix/stat.ts';
import type { Lane } from './lane.ts';

const slot = new Slot();
const readFlags = c.O_RDONLY | c.O_NOFOLLOW | c.O_NONBLOCK | c.O_CLOEXEC;

export class Comparing implements Visitor {
  readonly #lane: Lane;
  readonly #excluded: Excluded | undefined;
  readonly #present = new Stat();
  #dir!: Directory;
  #target!: Target;

  constructor(lane: Lane, excluded: Excluded | undefined) {
    this.#lane = lane;
    this.#excluded = excluded;
  }

  enter(dir: Directory): boolean {
    const fd = this.#lane.dests.open(dir.path);
    this.#lane.counted();
    if (fd < 0) {
      if (fd === -c.ENOENT) this.#differs(dir.path, ['missing']);
      else if (fd === -c.ENOTDIR || fd === -c.ELOOP) this.#differs(dir.path, ['type']);
      else this.#lane.ledger.failed(fault(dir.path, fd, 'look at'));
      return false;
    }
    this.#dir = dir;
    this.#target = new Target(fd);
    return true;
  }

  directory(name: Name, _stat: Stat): Descend {
    if (this.#look(name) < 0) return descend.no;
    if (this.#present.type === c.S_IFDIR) return descend.yes;
    this.#differs(this.#path(name), ['type']);
    return descend.no;
  }

  entry(name: Name, stat: Stat): void {
    if (!this.#lane.setup.keep.specials && stat.type !== c.S_IFREG && stat.type !== c.S_IFLNK) return;
    this.#lane.counted();
    if (this.#look(name) < 0) return;
    this.#lane.ledger.out.tally.skipped++;
    const from = { dir: this.#dir.fd, name: name.at };
    const to = { dir: this.#target.fd, name: this.#destName(name) };
    const both = { from, to, stat, present: this.#present };
    const what = [...this.#body(name, both), ...this.#metadata(name, both)];
    if (what.length > 0) this.#differs(this.#path(name), what);
    if (stat.links > 1 && this.#lane.setup.keep.hardlinks) this.#pair(name, stat);
  }

  #body(name: Name, both: Both): string[] {
    const { from, to, stat, present } = both;
    if (present.type !== stat.type) return ['type'];
    if (stat.type !== c.S_IFREG) {
      if (sameNode(both)) return [];
      return [stat.type === c.S_IFLNK ? 'target' : 'device'];
    }
    if (present.size !== stat.size) return ['size'];
    return this.#lane.setup.checksum && stat.size > 0 ? this.#content(name, from, to, stat.size) : [];
  }

  #content(name: Name, from: At, to: At, size: number): string[] {
    const a = libc.openat(from.dir, from.name, readFlags, 0);
    const b = libc.openat(to.dir, to.name, readFlags, 0);
    try {
      if (a < 0 || b < 0) return this.#unread(name, a < 0 ? a : b);
      libc.posixFadvise(b, 0, 0, c.FADV_DONTNEED); // what is on the disk, not what was kept of it
      const answer = sameBytes(a, b, size, this.#lane.how.before);
      this.#lane.ledger.out.tally.skippedBytes += size;
      if (answer === 'same') return [];
      return answer === 'different' ? ['content'] : this.#unread(name, answer.errno);
    } finally {
      if (a >= 0) libc.close(a);
      if (b >= 0) libc.close(b);
    }
  }

  #unread(name: Name, errno: number): string[] {
    this.#lane.failed(() => this.#path(name), errno, 'read');
    return [];
  }

  #metadata(name: Name, { from, to, stat, present }: Both): string[] {
    if (present.type !== stat.type) return [];
    const { setup } = this.#lane;
    const { keep, single } = setup;
    const carried = () =>
      mayHaveAttributes(from) || mayHaveAttributes(to)
        ? { from: attributedAt(from.dir, keepName(name)), to: attributedAt(to.dir, single ?? keepName(name)) }
        : undefined;
    const isDeep = keep.xattrs || keep.acls;
    const sides = { source: stat, dest: present, carried: isDeep ? carried : undefined };
    return metadataDiffers(sides, setup);
  }

  #pair(name: Name, stat: Stat): void {
    const idOf = ({ device, inode }: Stat) => `${device} ${inode}`;
    this.#lane.ledger.out.pairs.push({
      source: idOf(stat),
      dest: idOf(this.#present),
      path: this.#path(name),
    });
  }

  leave(dir: Directory): void {
    const { setup } = this.#lane;
    if (!setup.single && (dir.whole || dir.alone)) {
      const what = this.#target.differences(dir.fd, dir.stat, setup);
      if (what.length > 0) this.#differs(dir.path, what);
      if (dir.whole) this.#extras(dir);
    }
    libc.close(this.#target.fd);
  }

  /** Names that only the destination has, but for those that were excluded. */
  #extras(dir: Directory): void {
    this.#target.each((name) => {
      if (this.#present.at(dir.fd, name.at) !== -c.ENOENT) return;
      const path = this.#path(name);
      this.#present.at(this.#target.fd, name.at);
      const isDirectory = this.#present.type === c.S_IFDIR;
      if (!this.#excluded?.(pathKey(path), isDirectory)) this.#differs(path, ['extra']);
    });
  }

  #look(name: Name): number {
    const looked = this.#present.at(this.#target.fd, this.#destName(name));
    if (looked === -c.ENOENT) this.#differs(this.#path(name), ['missing']);
    else if (looked < 0) this.#lane.ledger.failed(fault(this.#path(name), looked, 'look at'));
    return looked;
  }

  #differs(path: Uint8Array, what: readonly string[]): void {
    this.#lane.ledger.out.differences.push({ path, what });
  }

  #path(name: Name): Uint8Array {
    return join(this.#dir.path, name.bytes.subarray(name.start, name.end));
  }

  #destName(name: Name): number {
    const { single } = this.#lane.setup;
    return single ? slot.put(single) : name.at;
  }
}
