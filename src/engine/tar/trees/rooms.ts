/**
 * Where new directories are filled: each in a directory of ours beside it, under the names that its entries are to
 * have. When all is known to be right, that takes the place of the empty directory; where something is in there
 * already, what came is moved into it name by name.
 */
import { roomName } from '../../../store/delta.ts';
import { renameFree } from '../../../store/local/place/place.ts';
import { removeTree, Target } from '../../../store/local/place/target.ts';
import { type RelativePath, splitPath } from '../../../store/path.ts';
import * as c from '../../../work/posix/constants.ts';
import * as libc from '../../../work/posix/libc.ts';
import { Slot } from '../../../work/posix/memory.ts';
import type { Directories } from '../unpack/directories.ts';
import type { Group, TreeBatch } from './batch.ts';

export type Room = {
  readonly group: Group;
  /** what it is called, in the directory that the one it is for is in */
  readonly hidden: Uint8Array;
  /** something in it is not as it should be */
  isSpoilt: boolean;
};

type Open = { readonly room: Room; readonly target: Target };

const hiddenSlot = new Slot();
const nameSlot = new Slot();
const directory = c.O_RDONLY | c.O_DIRECTORY | c.O_NOFOLLOW | c.O_CLOEXEC;
let rooms = 0;

export class TreeRooms implements Disposable {
  readonly #batch: TreeBatch;
  readonly #directories: Directories;
  readonly #ownTag: string;
  #rooms: Room[] = [];
  #group = 0;
  #open: Open | number | undefined;

  constructor(batch: TreeBatch, directories: Directories, ownTag: string) {
    this.#batch = batch;
    this.#directories = directories;
    this.#ownTag = ownTag;
  }

  /** Takes away what was not shown. */
  [Symbol.dispose](): void {
    this.#leave();
    for (const room of this.#rooms.splice(0)) this.#remove(room);
  }

  /** Where an entry goes, entries in their order; or a negative error number. */
  of(entry: number): Open | number {
    const groups = this.#batch.groups;
    while (entry >= groups[this.#group]!.to) {
      this.#leave();
      this.#group++;
    }
    this.#open ??= this.#make(groups[this.#group]!);
    return this.#open;
  }

  #leave(): void {
    if (typeof this.#open === 'object') libc.close(this.#open.target.fd);
    this.#open = undefined;
  }

  #make(group: Group): Open | number {
    const above = this.#directories.open(splitPath(group.dir).dir);
    if (typeof above === 'number') return above;
    const hidden = roomName(Buffer.from(`${this.#ownTag}t${++rooms}`));
    const name = hiddenSlot.put(hidden);
    const failed = above.change(() => libc.mkdirat(above.fd, name, 0o700));
    if (failed < 0) return failed;
    const room = { group, hidden, isSpoilt: false };
    this.#rooms.push(room);
    const fd = libc.openat(above.fd, name, directory, 0);
    return fd < 0 ? fd : { room, target: new Target(fd) };
  }

  /** Gives all that arrived its place; what finds it taken has not arrived after all: `lost` is told of each. */
  show(arrived: Uint8Array, lost: (entry: number, errno: number) => void): void {
    this.#leave();
    for (const room of this.#rooms.splice(0)) if (!this.#replaces(room)) this.#spill(room, arrived, lost);
  }

  #replaces({ group, hidden, isSpoilt }: Room): boolean {
    if (isSpoilt) return false;
    const { dir, name } = splitPath(group.dir);
    const above = this.#directories.open(dir);
    if (typeof above === 'number') return false;
    const [from, to] = [hiddenSlot.put(hidden), nameSlot.put(name)];
    return above.change(() => libc.renameat(above.fd, from, above.fd, to)) === 0;
  }

  #spill(room: Room, arrived: Uint8Array, lost: (entry: number, errno: number) => void): void {
    const { group } = room;
    const from = this.#reopened(room);
    const to = from < 0 ? from : this.#directories.open(group.dir);
    for (let entry = group.from; entry < group.to; entry++) {
      if (arrived[entry] !== 1) continue;
      const name = this.#batch.addressOf(entry);
      const failed =
        typeof to === 'number' ? to : to.change(() => renameFree({ dir: from, name }, { dir: to.fd, name }));
      if (failed < 0) lost(entry, failed);
    }
    if (from >= 0) libc.close(from);
    this.#remove(room);
  }

  #reopened({ group, hidden }: Room): number {
    const above = this.#above(group.dir);
    return typeof above === 'number' ? above : libc.openat(above.fd, hiddenSlot.put(hidden), directory, 0);
  }

  #remove({ group, hidden }: Room): void {
    const above = this.#above(group.dir);
    if (typeof above !== 'number') above.change(() => removeTree(above.fd, hidden));
  }

  #above(dir: RelativePath): Target | number {
    return this.#directories.open(splitPath(dir).dir);
  }
}
