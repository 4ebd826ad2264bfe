/** What statx says of one file, read in place: every field is looked up when it is asked for. */
import { AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW, S_IFMT, S_IFREG } from './constants.ts';
import { statx } from './libc.ts';
import { constant, Slab } from './memory.ts';

const fixed = 0x30; // STATX_ATTR_IMMUTABLE and STATX_ATTR_APPEND
const wanted = 0x7ff; // the basic fields
const nothing = constant('');
const slab = new Slab(256);
const told = [7, 8, 9, 10, 11, 24, 26, 28, 29, 30] as const; // words of a print
const telling = new Int32Array(told.length);
const tellingBytes = Buffer.from(telling.buffer);

export class Stat {
  readonly #at: number;
  /** the raw words, for comparing and hashing: see the accessors for what is where */
  readonly words: Int32Array;

  constructor() {
    const { words, at } = slab.next();
    this.words = words;
    this.#at = at;
  }

  /** Looks at a name in an open directory, never through a symlink; answers 0 or a negative error number. */
  at(directory: number, name: number): number {
    return statx(directory, name, AT_SYMLINK_NOFOLLOW, wanted, this.#at);
  }

  /** Looks at an open file. */
  of(fd: number): number {
    return statx(fd, nothing, AT_EMPTY_PATH, wanted, this.#at);
  }

  copy(): Stat {
    const other = new Stat();
    other.words.set(this.words);
    return other;
  }

  /** immutable or append-only, for everybody */
  get isFixed(): boolean {
    return (this.words[2]! & fixed) !== 0;
  }
  get links(): number {
    return this.words[4]! >>> 0;
  }
  get uid(): number {
    return this.words[5]! >>> 0;
  }
  get gid(): number {
    return this.words[6]! >>> 0;
  }
  /** permission bits with setuid, setgid and sticky */
  get mode(): number {
    return this.words[7]! & 0o7777;
  }
  get type(): number {
    return this.words[7]! & S_IFMT;
  }
  get size(): number {
    return this.#wide(10);
  }
  get blocks(): number {
    return this.#wide(12);
  }
  get mtimeNs(): number {
    return this.words[30]!;
  }
  get mtimeSeconds(): number {
    return this.#wide(28);
  }
  get inode(): bigint {
    return (BigInt(this.words[9]! >>> 0) << 32n) | BigInt(this.words[8]! >>> 0);
  }
  get rdevMajor(): number {
    return this.words[32]! >>> 0;
  }
  get rdevMinor(): number {
    return this.words[33]! >>> 0;
  }
  get deviceMajor(): number {
    return this.words[34]!;
  }
  get deviceMinor(): number {
    return this.words[35]!;
  }
  get device(): bigint {
    return (BigInt(this.words[34]! >>> 0) << 32n) | BigInt(this.words[35]! >>> 0);
  }
  get ctime(): bigint {
    return BigInt(this.#wide(24)) * 1_000_000_000n + BigInt(this.words[26]!);
  }

  /** Which file it is, and what was last written to it. */
  get mark(): string {
    return `${this.inode} ${this.size} ${this.mtimeSeconds} ${this.mtimeNs}`;
  }

  /** Its ctime is not after this moment. */
  isUnchangedSince(seconds: number, ns: number): boolean {
    const changed = this.#wide(24);
    return changed < seconds || (changed === seconds && this.words[26]! <= ns);
  }

  sameFile(other: Stat): boolean {
    const a = this.words;
    const b = other.words;
    return a[8] === b[8] && a[9] === b[9] && a[34] === b[34] && a[35] === b[35];
  }

  /** Inode, size, mtime and ctime are as they were: nobody wrote here in between. */
  untouchedSince(before: Stat): boolean {
    const a = this.words;
    const b = before.words;
    if (a[8] !== b[8] || a[9] !== b[9]) return false;
    if (a[10] !== b[10] || a[11] !== b[11]) return false;
    return a[24] === b[24] && a[26] === b[26] && a[28] === b[28] && a[30] === b[30];
  }

  /** Bytes that say "the same as then": changes with anything that changes the file or what it is. */
  print(): Buffer {
    return Buffer.from(this.#printed());
  }

  /** The same as text. */
  printText(): string {
    return this.#printed().toString('base64');
  }

  /** Bytes that the next one overwrites. */
  #printed(): Buffer {
    const { words } = this;
    for (let index = 0; index < told.length; index++) telling[index] = words[told[index]!]!;
    return tellingBytes;
  }

  /** Whether it is the file whose print this is, and as long, whatever else of it changed. */
  isFile(print: Uint8Array): boolean {
    const [inode, end] = [4, 20]; // and its size
    return this.type === S_IFREG && this.print().subarray(inode, end).equals(print.subarray(inode, end));
  }

  #wide(at: number): number {
    return (this.words[at + 1]! | 0) * 0x1_0000_0000 + (this.words[at]! >>> 0);
  }
}
