/** A batch of entries of this disk as the stream that `receive` takes. What cannot be packed is left out of it. */
import type { Carry } from '../../../store/batch.ts';
import { printOf } from '../../../store/local/entry.ts';
import { attributedAt } from '../../../store/local/metadata/xattrs.ts';
import type { At } from '../../../store/local/place/place.ts';
import { type RelativePath, splitPath } from '../../../store/path.ts';
import * as c from '../../../work/posix/constants.ts';
import { pathKey } from '../../../work/posix/path.ts';
import { Stat } from '../../../work/posix/stat.ts';
import { tellable } from '../can-carry.ts';
import type { Sent } from '../host/deliver.ts';
import { type Laid, type Layout, stagedName } from '../host/layout.ts';
import { controls, lastMember, lateMember, type Place } from '../host/stage.ts';
import { dressOf } from './dress.ts';
import { losesHoles } from './holes.ts';
import { Packer, type PackHow } from './packer.ts';
import type { Sources } from './sources.ts';

export type OutgoingHow = PackHow & {
  /** the name of the directory of ours on the other side */
  readonly stage: string;
  /** all directories once more, for a tar that needs them so */
  readonly linksLate: boolean;
};

const stat = new Stat();

export class Outgoing implements Sent {
  readonly #layout: Layout;
  readonly #sources: Sources;
  readonly #how: OutgoingHow;
  readonly #packer: Packer;
  readonly #dressed = new Set<string>();
  readonly #unpacked = new Set<Carry>();

  constructor(layout: Layout, sources: Sources, how: OutgoingHow) {
    this.#layout = layout;
    this.#sources = sources;
    this.#how = how;
    this.#packer = new Packer(how);
  }

  /** Whether it is in the stream. */
  isSent(carry: Carry): boolean {
    return !this.#unpacked.has(carry);
  }

  /** Whether the other side was told what a directory that is there looks like. */
  isDressed(dir: RelativePath): boolean {
    return this.#dressed.has(pathKey(dir));
  }

  /** The stream in pieces, after each of which `moved` is told how many bytes of files were in it. */
  async *stream(moved: (bytes: number) => Promise<void>): AsyncGenerator<Uint8Array> {
    this.#control();
    let bytes = 0;
    for (const one of this.#layout.laid) {
      if (one.carry.entry.kind === 'directory') this.#packer.ahead(stagedName(this.#layout, one));
      else if (this.#pack(one)) bytes += one.size ?? 0;
      const chunks = this.#packer.take();
      if (chunks.length === 0) continue;
      yield* chunks;
      await moved(bytes);
      bytes = 0;
    }
    this.#directories(this.#packer);
    if (this.#how.linksLate) this.#late();
    this.#packer.bytes(lastMember.path, lastMember.content);
    yield* this.#packer.end();
    await moved(bytes);
  }

  #control(): void {
    const dresses = new Map<string, Uint8Array | undefined>();
    const dress = (dir: RelativePath) => {
      const key = pathKey(dir);
      if (!dresses.has(key)) dresses.set(key, this.#dressOf(dir));
      return dresses.get(key);
    };
    const places: Place[] = this.#layout.places.map((place) => ({ ...place, dress: dress(place.dir) }));
    for (const { path, content } of controls(this.#how.stage, places, this.#layout.laid))
      this.#packer.bytes(path, content);
  }

  #dressOf(dir: RelativePath): Uint8Array | undefined {
    if (!this.#how.keep.mode) return undefined; // what is there has one of its own
    const fd = this.#sources.directory(dir);
    if (fd < 0 || stat.of(fd) < 0) return undefined;
    this.#dressed.add(pathKey(dir));
    return dressOf(fd, tellable(stat), this.#how);
  }

  /** Contents before their directory. */
  #directories(packer: Packer): void {
    for (const one of this.#layout.laid.toReversed()) {
      if (one.carry.entry.kind !== 'directory') continue;
      const fd = this.#sources.directory(one.carry.entry.path);
      if (fd < 0 || stat.of(fd) < 0) this.#unpacked.add(one.carry);
      else packer.directory(fd, stagedName(this.#layout, one), tellable(stat));
    }
  }

  #late(): void {
    const packer = new Packer(this.#how);
    this.#directories(packer);
    this.#packer.bytes(lateMember, Buffer.concat(packer.end()));
  }

  #pack(one: Laid): boolean {
    const { entry } = one.carry;
    const from = this.#sources.at(entry.path);
    const isAsListed = from.dir >= 0 && stat.at(from.dir, from.name) === 0 && printOf(stat) === entry.print;
    const packed = isAsListed && this.#packAs(stagedName(this.#layout, one), from, entry.path);
    if (!packed) this.#unpacked.add(one.carry);
    return packed;
  }

  #packAs(name: Uint8Array, from: At, path: RelativePath): boolean {
    if (stat.type === c.S_IFREG)
      return !losesHoles(from, stat, this.#how.keep) && this.#packer.file(from, name, stat).ok;
    const attributes = attributedAt(from.dir, splitPath(path).name);
    return this.#packer.node(from, name, tellable(stat), attributes).ok;
  }
}
