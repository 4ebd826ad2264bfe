/**
 * Packs entries of this machine's disk as a tar stream: for each its headers, and the bytes of a file straight from
 * the disk into the chunk that goes out. What a file holds was the same before and after it was read, or it is left
 * out and said. The caller takes the chunks, and packs on when there is room for more; nothing here waits.
 */
import type { Preserve } from '../../../request.ts';
import { type Attributes, hasAttributes, readAttributes } from '../../../store/local/metadata/xattrs.ts';
import type { At, Unplaced } from '../../../store/local/place/place.ts';
import { changed, whileItChanges } from '../../../store/local/place/steady.ts';
import * as c from '../../../work/posix/constants.ts';
import * as libc from '../../../work/posix/libc.ts';
import { block } from '../../../work/posix/memory.ts';
import { Stat } from '../../../work/posix/stat.ts';
import { givesMore } from '../../../work/posix/unsized.ts';
import { type ModeHow, modeThere } from '../host/taker.ts';
import { Chunks } from '../stream/chunks.ts';
import { Headers, type MemberFields } from '../stream/headers.ts';
import { blockBytes, paddingOf } from '../stream/member.ts';
import { PlainHeads } from '../stream/plain-heads.ts';

export type PackHow = ModeHow & {
  readonly keep: Preserve;
  /** how often a file that changes while it is read is read again */
  readonly retries: number;
  /** absent: a deep directory goes ahead of what is in it */
  readonly noneAhead?: boolean;
};

export type Packed = { readonly ok: true } | Unplaced;

/** What a member is called, beside what its entry looks like. */
type Named = Pick<MemberFields, 'flag' | 'path' | 'target' | 'attributes'>;

const packed: Packed = { ok: true };
const none: ReadonlyMap<string, string> = new Map();
const noBytes = new Uint8Array(0);
const endBytes = 2 * blockBytes;
const target = block(64 * 1024);
const after = new Stat();

const nodeFlags: Readonly<Record<number, string>> = {
  [c.S_IFLNK]: '2',
  [c.S_IFCHR]: '3',
  [c.S_IFBLK]: '4',
  [c.S_IFIFO]: '6',
};

export class Packer {
  readonly #how: PackHow;
  readonly #chunks: Chunks;
  readonly #headers = new Headers();
  readonly #plainHeads = new PlainHeads();

  constructor(how: PackHow, chunks = new Chunks()) {
    this.#how = how;
    this.#chunks = chunks;
  }

  /** bytes that nobody took yet */
  get pending(): number {
    return this.#chunks.pending;
  }

  /** The chunks that are full. */
  take(): Uint8Array[] {
    return this.#chunks.take(false);
  }

  /** The last chunks, with the end of the stream. */
  end(): Uint8Array[] {
    const { bytes, at } = this.#chunks.room(endBytes);
    bytes.fill(0, at, at + endBytes);
    this.#chunks.add(endBytes);
    return this.#chunks.take(true);
  }

  /** A regular file that looked like `stat`, as a member called `path`; `stat` is what went out in the end. */
  file(from: At, path: Uint8Array, stat: Stat): Packed {
    return whileItChanges(from, stat, this.#how.retries, () => this.#fileOnce(from, path, stat));
  }

  /** A directory, open as `fd`; its contents are members of their own. */
  directory(fd: number, path: Uint8Array, stat: Stat): void {
    const named = {
      flag: '5',
      path: Buffer.concat([path, slash]),
      target: noBytes,
      attributes: this.#attributes({ fd }),
    };
    this.#bare(named, stat);
  }

  /**
   * A directory that is packed after its contents, where it is deep: a tar that misses it when they come tries to make all
   * that is above them, from the top, each time.
   */
  ahead(path: Uint8Array): void {
    if (!this.#how.noneAhead && isDeep(path))
      this.#append(this.#headers.privateDirectory(Buffer.concat([path, slash])));
  }

  /** A symlink, FIFO or device; `attributes` is undefined where there are none to be kept. */
  node(from: At, path: Uint8Array, stat: Stat, attributes: Attributes | undefined): Packed {
    const flag = nodeFlags[stat.type];
    if (flag === undefined) return { ok: false, errno: -c.EOPNOTSUPP, side: 'read' };
    const length = stat.type === c.S_IFLNK ? libc.readlinkat(from.dir, from.name, target.at, 65535) : 0;
    if (length < 0) return length === -c.EINVAL ? changed : { ok: false, errno: length, side: 'read' };
    const found = attributes ? readAttributes(attributes, this.#how.keep) : none;
    this.#bare({ flag, path, target: target.bytes.subarray(0, length), attributes: found }, stat);
    return packed;
  }

  /** Another name of a member that went before. */
  link(path: Uint8Array, existing: Uint8Array, stat: Stat): void {
    this.#bare({ flag: '1', path, target: existing, attributes: none }, stat);
  }

  /** A file that is on no disk, for its owner alone. */
  bytes(path: Uint8Array, content: Uint8Array): void {
    const head = this.#headers.private(path, content.length);
    const whole = head.length + content.length + paddingOf(content.length);
    const { bytes, at } = this.#chunks.room(whole);
    bytes.fill(0, at + whole - blockBytes, at + whole);
    bytes.set(head, at);
    bytes.set(content, at + head.length);
    this.#chunks.add(whole);
  }

  #fileOnce(from: At, path: Uint8Array, stat: Stat): Packed {
    const flags = c.O_RDONLY | c.O_NOFOLLOW | c.O_NONBLOCK | c.O_CLOEXEC;
    const fd = libc.openat(from.dir, from.name, flags, 0);
    if (fd < 0) return fd === -c.ELOOP ? changed : { ok: false, errno: fd, side: 'read' };
    try {
      return this.#read(fd, path, stat);
    } finally {
      libc.close(fd);
    }
  }

  #read(fd: number, path: Uint8Array, stat: Stat): Packed {
    const { size } = stat;
    const attributes = this.#attributes({ fd });
    const isPlain = attributes.size === 0 && modeThere(this.#how, stat, true) === stat.mode;
    const plain = isPlain ? this.#plainHeads.bytesOf(path, stat) : 0;
    const head =
      plain > 0 ? noBytes : this.#head({ flag: '0', path, target: noBytes, attributes }, stat, size);
    const headBytes = plain + head.length;
    const padding = paddingOf(size);
    const { bytes, at, address } = this.#chunks.room(headBytes + size + padding);
    if (plain > 0) this.#plainHeads.put(bytes, at, path, stat);
    else bytes.set(head, at);
    const got = readFully(fd, address + headBytes, size); // whether there is more is seen by its size
    if (got < 0) return { ok: false, errno: got, side: 'read' };
    if (got !== size || after.of(fd) < 0 || !after.untouchedSince(stat) || givesMore(fd, stat))
      return changed;
    const end = at + headBytes + size;
    bytes.fill(0, end, end + padding);
    this.#chunks.add(headBytes + size + padding);
    return packed;
  }

  #attributes(from: { readonly fd: number }): ReadonlyMap<string, string> {
    const { keep } = this.#how;
    if (!(keep.xattrs || keep.acls) || !hasAttributes(from.fd)) return none;
    return readAttributes(from, keep);
  }

  #bare(named: Named, stat: Stat): void {
    this.#append(this.#head(named, stat, 0));
  }

  #append(head: Uint8Array): void {
    const { bytes, at } = this.#chunks.room(head.length);
    bytes.set(head, at);
    this.#chunks.add(head.length);
  }

  #head({ flag, path, target, attributes }: Named, stat: Stat, size: number): Uint8Array {
    const { uid, gid, mtimeSeconds, mtimeNs } = stat;
    const isDevice = flag === '3' || flag === '4';
    return this.#headers.of({
      flag,
      path,
      target,
      size,
      mode: modeThere(this.#how, stat, flag === '0'),
      uid,
      gid,
      mtimeSeconds,
      mtimeNs,
      major: isDevice ? stat.rdevMajor : 0,
      minor: isDevice ? stat.rdevMinor : 0,
      attributes,
    });
  }
}

const slash = Buffer.from('/');
const deepLevels = 12; // where trying them costs as much as a member more

function isDeep(path: Uint8Array): boolean {
  let levels = 0;
  for (const byte of path) if (byte === slash[0]) levels++;
  return levels >= deepLevels;
}

function readFully(fd: number, into: number, bytes: number): number {
  let got = 0;
  while (got < bytes) {
    const more = libc.read(fd, into + got, bytes - got);
    if (more < 0) return more;
    if (more === 0) break;
    got += more;
  }
  return got;
}
