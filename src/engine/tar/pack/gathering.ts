/**
 * New trees of this disk as a stream for `receive`, in one pass: each entry is packed when it is looked at. What is
 * not as simple as that, or cannot be read, is left for somebody who takes more time.
 */
import { Ledger } from '../../../conduct/lanes/ledger.ts';
import type { Bundle } from '../../../profile/bundle.ts';
import { tallyDirectory, tallyEntry } from '../../../profile/tally.ts';
import {
  type Descend,
  type Directory,
  descend,
  type Unseen,
  type Visitor,
} from '../../../profile/visitor.ts';
import { attributedAt } from '../../../store/local/metadata/xattrs.ts';
import { itself, type RelativePath, splitPath } from '../../../store/path.ts';
import * as c from '../../../work/posix/constants.ts';
import { keepName, type Name, NamePacker } from '../../../work/posix/dirents.ts';
import { join, pathKey } from '../../../work/posix/path.ts';
import { Stat } from '../../../work/posix/stat.ts';
import { isReached, tellable, tellsAlike } from '../can-carry.ts';
import { controls, lastMember, listEntry, type Place, staged } from '../host/stage.ts';
import { dressOf } from './dress.ts';
import { losesHoles } from './holes.ts';
import { Packer, type PackHow } from './packer.ts';
import type { Sources } from './sources.ts';

export type GatherHow = PackHow & {
  readonly stage: string;
  readonly verbose: boolean;
  /** what names of ours begin with: such names are for others to refuse */
  readonly tag: string;
  readonly inlineBytes: number;
};

type Here = {
  readonly dir: Directory;
  /** from the place on */
  readonly path: Uint8Array;
  /** what it is called in the stream, with a slash behind */
  readonly as: Uint8Array;
};

const stat = new Stat();

export class Gathering implements Visitor, Unseen {
  readonly ledger: Ledger;
  readonly #how: GatherHow;
  readonly #sources: Sources;
  readonly #top: RelativePath;
  readonly #packer: Packer;
  readonly #tag: Buffer;
  readonly #entries = new NamePacker();
  #called = Buffer.alloc(256);
  readonly #names = new NamePacker();
  readonly #made: { readonly path: RelativePath; readonly as: Uint8Array }[] = [];
  readonly #left = new Map<string, { readonly dir: Uint8Array; readonly names: NamePacker }>();
  readonly #places: readonly Pick<Place, 'dir' | 'replaces'>[];
  #here!: Here;
  bytes = 0;
  entries = 0;
  #told = { bytes: 0, entries: 0 };

  constructor({ dir }: Bundle, id: number, sources: Sources, how: GatherHow) {
    this.#how = how;
    this.#sources = sources;
    this.#top = dir as RelativePath;
    this.#packer = new Packer(how);
    this.#tag = Buffer.from(how.tag);
    this.ledger = new Ledger(how);
    this.ledger.open(id);
    const root = { dir: itself, replaces: false };
    this.#places = dir.length === 0 ? [root] : [root, { dir: this.#top, replaces: false }];
  }

  /** What was packed since it was asked last. */
  news(): { readonly bytes: number; readonly entries: number } {
    const { bytes, entries } = this;
    const news = { bytes: bytes - this.#told.bytes, entries: entries - this.#told.entries };
    this.#told = { bytes, entries };
    return news;
  }

  take(): Uint8Array[] {
    return this.#packer.take();
  }

  /** The rest of the stream, and what is left for others. */
  finish(): Uint8Array[] {
    const { rest } = this.ledger.out;
    for (const { dir, names } of this.#left.values())
      rest.push({ dir, names: names.take(), what: 'entries', fresh: undefined, slice: 0 });
    for (const { path, as } of this.#made.toReversed()) this.#directory(path, as);
    const names = [...split(this.#names.take())];
    const last = this.#places.length - 1;
    const places = this.#places.map((place, at) => ({
      ...place,
      names: at === last ? names : [],
      dress: this.#dressOf(place.dir),
    }));
    for (const { path, content } of controls(this.#how.stage, places, this.#entries.take()))
      this.#packer.bytes(path, content);
    this.#packer.bytes(lastMember.path, lastMember.content);
    return this.#packer.end();
  }

  enter(dir: Directory): boolean {
    const path = dir.path.subarray(this.#top.length === 0 ? 0 : this.#top.length + 1);
    const as = staged(this.#places, this.#places.length - 1, path);
    this.#here = { dir, path, as: Buffer.concat([as, slashes]) };
    if (!dir.whole) return true;
    if (!tellsAlike(dir.stat.mtimeSeconds) || !isReached(dir.path)) return this.#leaveTree(dir.path);
    this.entries++;
    tallyDirectory(this.ledger.out.profile, dir.path);
    if (this.#how.noneAhead) this.#made.push({ path: dir.path as RelativePath, as });
    else this.#packer.directory(dir.fd, as, dir.stat);
    listEntry(this.#entries, as, undefined);
    if (isDirect(path)) this.#names.addBytes(path);
    this.ledger.did('make', () => dir.path, 0);
    return true;
  }

  /** Who enters it makes it. */
  directory(name: Name): Descend {
    if (!this.#isOurs(name)) return descend.fresh;
    this.#leave(name);
    return descend.no;
  }

  entry(name: Name, found: Stat): void {
    if (this.#isSimple(name, found) && this.#pack(name, found)) return;
    this.#leave(name);
  }

  leave(): void {
    // directories go when all of them have been seen
  }

  failed(path: Uint8Array): void {
    this.#leaveTree(path);
  }

  passed(why: 'excluded' | 'mount'): void {
    this.ledger.notice(why);
  }

  #isSimple(name: Name, { type, links, size, mtimeSeconds }: Stat): boolean {
    if (type === c.S_IFSOCK || links > 1 || !tellsAlike(mtimeSeconds)) return false;
    if (type === c.S_IFREG && size > this.#how.inlineBytes) return false;
    return !this.#isOurs(name);
  }

  #isOurs(name: Name): boolean {
    const end = Math.min(name.end, name.start + this.#tag.length);
    return this.#tag.compare(name.bytes, name.start, end) === 0;
  }

  #pack(name: Name, found: Stat): boolean {
    const { dir, path } = this.#here;
    const as = this.#calledSo(name);
    if (!isReached(as)) return false;
    const isFile = found.type === c.S_IFREG;
    const from = { dir: dir.fd, name: name.at };
    if (!isFile && !this.#how.keep.specials && found.type !== c.S_IFLNK) return false;
    if (isFile && losesHoles(from, found, this.#how.keep)) return false;
    const packed = isFile
      ? this.#packer.file(from, as, found)
      : this.#packer.node(from, as, found, attributedAt(dir.fd, keepName(name)));
    if (!packed.ok) return false;
    tallyEntry(this.ledger.out.profile, found);
    const size = isFile ? found.size : undefined;
    listEntry(this.#entries, as, size);
    if (path.length === 0) this.#names.add(name);
    this.bytes += size ?? 0;
    this.entries++;
    this.ledger.did(isFile ? 'copy' : 'make', () => join(dir.path, keepName(name)), size ?? 0);
    return true;
  }

  /** What it is called in the stream; good until the next call. */
  #calledSo({ bytes, start, end }: Name): Uint8Array {
    const { as } = this.#here;
    const length = as.length + end - start;
    if (length > this.#called.length) this.#called = Buffer.alloc(2 * length);
    this.#called.set(as);
    for (let at = start; at < end; at++) this.#called[as.length + at - start] = bytes[at]!;
    return this.#called.subarray(0, length);
  }

  #leaveTree(path: Uint8Array): false {
    const { dir, name } = splitPath(path as RelativePath);
    const names = new NamePacker();
    names.addBytes(name);
    this.ledger.out.rest.push({
      dir: new Uint8Array(dir),
      names: names.take(),
      what: 'trees',
      fresh: undefined,
      slice: 0,
    });
    return false;
  }

  #leave(name: Name): void {
    const { path: dir } = this.#here.dir;
    const key = pathKey(dir);
    const left = this.#left.get(key) ?? { dir: new Uint8Array(dir), names: new NamePacker() };
    left.names.add(name);
    this.#left.set(key, left);
  }

  #directory(path: RelativePath, as: Uint8Array): void {
    const fd = this.#sources.directory(path);
    if (fd >= 0 && stat.of(fd) === 0) this.#packer.directory(fd, as, stat);
    else this.#leaveItself(path);
  }

  /** Where modes are not kept, what is there has one of its own. */
  #dressOf(dir: RelativePath): Uint8Array | undefined {
    const fd = this.#how.keep.mode ? this.#sources.directory(dir) : -1;
    if (fd >= 0 && stat.of(fd) === 0) return dressOf(fd, tellable(stat), this.#how);
    this.#leaveItself(dir);
    return undefined;
  }

  /** A directory that cannot be opened any more is there, because of what is in it: others give it the rest, or say why not. */
  #leaveItself(path: RelativePath): void {
    const alone = { names: new Uint8Array(0), what: 'entries', fresh: undefined, slice: 0 } as const;
    this.ledger.out.rest.push({ ...alone, dir: new Uint8Array(path) });
  }
}

const slash = 0x2f;
const slashes = Buffer.from('/');

/** It is moved into the place by its name, with all that is in it. */
function isDirect(path: Uint8Array): boolean {
  return !path.includes(slash);
}

function* split(packed: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < packed.length; ) {
    const end = packed.indexOf(0, at);
    yield packed.subarray(at, end);
    at = end + 1;
  }
}
