/**
 * Entries of new directories that go together: what is asked for, and what came of it. There are thousands of them, so
 * they are columns of numbers, and names in one piece of memory, as the other side is asked for them.
 */
import type { Ledger } from '../../../conduct/lanes/ledger.ts';
import { type Profile, tallyFile } from '../../../profile/profile.ts';
import { tallyDirectory } from '../../../profile/tally.ts';
import { type RelativePath, splitPath } from '../../../store/path.ts';
import * as c from '../../../work/posix/constants.ts';
import { type Block, block } from '../../../work/posix/memory.ts';
import { pathKey } from '../../../work/posix/path.ts';
import { sendList } from '../host/send.ts';
import type { FoundRecords } from './found-records.ts';
import type { Leftovers } from './leftovers.ts';

/** What batches are to know of what was listed. */
export type Listed = {
  /** seconds and nanoseconds of directories, by their paths as keys */
  readonly times: ReadonlyMap<string, readonly [seconds: number, ns: number]>;
  /** by the clock of the other side, before anything was listed */
  readonly nowSeconds: number;
};

type Dir = { readonly path: RelativePath; isLast: boolean };

/** Entries one after the other that are in one directory. */
export type Group = { readonly dir: RelativePath; readonly from: number; to: number };

/** What became of it; by the numbers of entries, and by the paths of directories as keys. */
export type Arrivals = { readonly entries: Uint8Array; readonly dirs: ReadonlySet<string> };

/** A file that is younger may change again within the second that is known of it. */
const youngSeconds = 10;
const slash = 0x2f;
const second = 1_000_000_000n;

export class TreeBatch {
  readonly types: number[] = [];
  readonly sizes: number[] = [];
  readonly seconds: number[] = [];
  readonly ns: number[] = [];
  readonly groups: Group[] = [];
  /** the other side is to say the times of what it packs */
  isYoung = false;
  bytes = 0;
  readonly #uids: number[] = [];
  /** where the paths begin, with `./` before them and a NUL behind */
  readonly #starts: number[] = [];
  readonly #nameAts: number[] = [];
  #paths: Block = block(16 * 1024);
  #used = 0;
  readonly #dirs = new Map<string, Dir>();
  readonly #listed: Listed;

  constructor(listed: Listed) {
    this.#listed = listed;
  }

  get size(): number {
    return this.#starts.length + this.#dirs.size;
  }

  get entries(): number {
    return this.#starts.length;
  }

  /** What is neither a directory nor a socket, with a name that is one, in the directory `dir`. */
  add(found: FoundRecords, dir: RelativePath): void {
    const group = this.#groupOf(dir);
    const prefix = dir.length === 0 ? 2 : dir.length + 3;
    const end = this.#used + prefix + found.nameEnd - found.nameAt;
    if (end >= this.#paths.bytes.length) this.#grow(end + 1);
    const { bytes } = this.#paths;
    bytes.write('./', this.#used, 'latin1');
    bytes.set(dir, this.#used + 2);
    bytes[this.#used + prefix - 1] = slash;
    found.copyName(bytes, this.#used + prefix);
    bytes[end] = 0;
    this.#starts.push(this.#used);
    this.#nameAts.push(this.#used + prefix);
    this.#used = end + 1;
    this.#fields(found);
    group.to++;
  }

  #fields({ type, size, seconds, ns, uid }: FoundRecords): void {
    this.types.push(type);
    this.sizes.push(type === c.S_IFREG ? size : 0);
    this.seconds.push(seconds);
    this.ns.push(ns);
    this.#uids.push(uid);
    if (type === c.S_IFREG) this.bytes += size;
    this.#ages(seconds);
  }

  #groupOf(dir: RelativePath): Group {
    const last = this.groups.at(-1);
    if (last?.dir === dir) return last;
    this.uses(dir);
    this.uses(splitPath(dir).dir); // it is filled in there
    const group = { dir, from: this.#starts.length, to: this.#starts.length };
    this.groups.push(group);
    return group;
  }

  #grow(least: number): void {
    const larger = block(Math.max(least, this.#paths.bytes.length * 2));
    larger.bytes.set(this.#paths.bytes.subarray(0, this.#used));
    this.#paths = larger;
  }

  /** It gets its metadata with this batch; `isLast`: for good, and counts as made then. */
  uses(path: RelativePath, isLast = false): void {
    const key = pathKey(path);
    const known = this.#dirs.get(key);
    if (!known) this.#dirs.set(key, { path, isLast });
    else known.isLast ||= isLast;
    if (!known) this.#ages(this.#listed.times.get(key)?.[0] ?? Number.POSITIVE_INFINITY);
  }

  #ages(seconds: number): void {
    this.isYoung ||= seconds > this.#listed.nowSeconds - youngSeconds;
  }

  /** Of a directory that came with such a time; undefined where that is all that is known. */
  mtimeNsOf(key: string, came: number): bigint | undefined {
    const [seconds, ns] = this.#listed.times.get(key) ?? [];
    return this.isYoung || seconds !== came ? undefined : BigInt(seconds) * second + BigInt(ns!);
  }

  hasDirectory(key: string): boolean {
    return this.#dirs.has(key);
  }

  /** Whether what is lost of it is lost for good. */
  isLast(key: string): boolean {
    return this.#dirs.get(key)?.isLast === true;
  }

  /** For the other side: directories, then entries in their order. */
  list(): Uint8Array {
    const dirs = sendList([...this.#dirs.values()].map(({ path }) => path));
    return Buffer.concat([dirs, this.#paths.bytes.subarray(0, this.#used)]);
  }

  /** Whether a field of a header, which ends with a NUL, is the path of an entry as it was asked for. */
  isNamed(entry: number, header: Buffer): boolean {
    const from = this.#starts[entry]!;
    const length = this.#endOf(entry) - from;
    if (length > 100 || (length < 100 && header[length] !== 0)) return false;
    const { bytes } = this.#paths;
    for (let at = length - 1; at >= 0; at--) if (header[at] !== bytes[from + at]) return false;
    return true;
  }

  pathOf(entry: number): RelativePath {
    return this.#slice(this.#starts[entry]! + 2, entry) as RelativePath;
  }

  nameOf(entry: number): Uint8Array {
    return this.#slice(this.#nameAts[entry]!, entry);
  }

  /** Where its name is as a C string, as long as nothing is added and the batch is held. */
  addressOf(entry: number): number {
    return this.#paths.at + this.#nameAts[entry]!;
  }

  #slice(from: number, entry: number): Uint8Array {
    return new Uint8Array(this.#paths.bytes.subarray(from, this.#endOf(entry)));
  }

  #endOf(entry: number): number {
    return (this.#starts[entry + 1] ?? this.#used) - 1;
  }

  /** Counts what arrived and hands on what did not; answers how many entries are done with. */
  settle({ entries, dirs }: Arrivals, ledger: Ledger, left: Leftovers): number {
    let done = 0;
    for (let entry = 0; entry < this.#starts.length; entry++) {
      if (entries[entry] !== 1) left.entry(this.pathOf(entry));
      else done += this.#count(entry, ledger);
    }
    for (const [key, { path, isLast }] of this.#dirs) {
      if (!dirs.has(key)) left.directory(path);
      else if (isLast && path.length > 0) done += made(path, ledger);
    }
    return done;
  }

  #count(entry: number, ledger: Ledger): 1 {
    const isFile = this.types[entry] === c.S_IFREG;
    this.#tally(entry, ledger.out.profile);
    ledger.did(isFile ? 'copy' : 'make', () => this.pathOf(entry), this.sizes[entry]!);
    return 1;
  }

  #tally(entry: number, profile: Profile): void {
    const type = this.types[entry];
    if (type === c.S_IFLNK) profile.symlinks++;
    else if (type !== c.S_IFREG) profile.specials++;
    else {
      tallyFile(profile, this.sizes[entry]!);
      const uid = this.#uids[entry]!;
      profile.owners[uid] = (profile.owners[uid] ?? 0) + 1;
    }
  }
}

function made(path: RelativePath, ledger: Ledger): 1 {
  tallyDirectory(ledger.out.profile, path);
  ledger.did('make', () => path, 0);
  return 1;
}
