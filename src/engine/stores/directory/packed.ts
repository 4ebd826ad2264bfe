/** Entries of one directory by name, packed: about a hundred bytes each, where an object takes five times that. */
import type { Entry } from '../../../store/entry.ts';
import { below, type RelativePath } from '../../../store/path.ts';

const chunkBytes = 1 << 20;
const mostBytes = 128 << 20;
const headBytes = 8; // whether it was taken away, and the lengths of what follows
const kinds = ['file', 'directory', 'symlink', 'fifo', 'socket', 'block', 'character'] as const;
const separator = '\u0001';
const absent = '\u0002';

export class Packed {
  readonly #dir: RelativePath;
  readonly #chunks: Buffer[] = [];
  #used = chunkBytes;
  #count = 0;
  /** where each is, plus one; 0: nothing is there */
  #table = new Uint32Array(1 << 16);

  constructor(dir: RelativePath) {
    this.#dir = dir;
  }

  /** False where there is no room for it. One of the same name must not be there. */
  add(name: string, entry: Entry): boolean {
    const words = Buffer.from(wordsOf(entry).join(separator));
    const bytes = headBytes + name.length + words.length;
    if (bytes > chunkBytes || this.#chunks.length * chunkBytes + bytes > mostBytes) return false;
    if (this.#used + bytes > chunkBytes) {
      this.#chunks.push(Buffer.allocUnsafeSlow(chunkBytes));
      this.#used = 0;
    }
    const chunk = this.#chunks.at(-1)!;
    chunk.writeUInt32LE(name.length, this.#used);
    chunk.writeUInt32LE(words.length, this.#used + 4);
    chunk.write(name, this.#used + headBytes, 'latin1');
    words.copy(chunk, this.#used + headBytes + name.length);
    if (++this.#count * 2 > this.#table.length) this.#grow();
    this.#table[this.#slotOf(name)] = (this.#chunks.length - 1) * chunkBytes + this.#used + 1;
    this.#used += bytes;
    return true;
  }

  get(name: string): Entry | undefined {
    const at = this.#table[this.#slotOf(name)]!;
    return at === 0 ? undefined : this.#entryAt(at - 1);
  }

  delete(name: string): void {
    const at = this.#table[this.#slotOf(name)]!;
    if (at > 0)
      this.#chunks[Math.floor((at - 1) / chunkBytes)]!.writeUInt32LE(0, ((at - 1) % chunkBytes) + 4);
  }

  *values(): Generator<Entry> {
    for (const at of this.#table) {
      const entry = at === 0 ? undefined : this.#entryAt(at - 1);
      if (entry) yield entry;
    }
  }

  #entryAt(offset: number): Entry | undefined {
    const [chunk, at] = this.#placeOf(offset);
    const nameEnd = at + headBytes + chunk.readUInt32LE(at);
    const bytes = chunk.readUInt32LE(at + 4);
    if (bytes === 0) return undefined;
    const path = below(this.#dir, Buffer.from(chunk.subarray(at + headBytes, nameEnd)))!;
    return entryOf(path, chunk.toString('utf8', nameEnd, nameEnd + bytes).split(separator));
  }

  #nameAt(offset: number): string {
    const [chunk, at] = this.#placeOf(offset);
    return chunk.toString('latin1', at + headBytes, at + headBytes + chunk.readUInt32LE(at));
  }

  #placeOf(offset: number): [chunk: Buffer, at: number] {
    return [this.#chunks[Math.floor(offset / chunkBytes)]!, offset % chunkBytes];
  }

  /** Where it is, or would be. */
  #slotOf(name: string): number {
    const mask = this.#table.length - 1;
    for (let slot = hashOf(name) & mask; ; slot = (slot + 1) & mask) {
      const at = this.#table[slot]!;
      if (at === 0 || this.#nameAt(at - 1) === name) return slot;
    }
  }

  #grow(): void {
    const old = this.#table;
    this.#table = new Uint32Array(old.length * 2);
    for (const at of old) if (at > 0) this.#table[this.#slotOf(this.#nameAt(at - 1))] = at;
  }
}

function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

type Words = readonly (string | number | bigint)[];

function wordsOf(entry: Entry): Words {
  const { kind, mode, owner, mtimeNs, print, changedNs, finelyNs, isBrief } = entry;
  const known = [
    mode,
    owner?.uid,
    owner?.gid,
    mtimeNs,
    print,
    changedNs,
    finelyNs,
    isBrief && 1,
    ...ownOf(entry),
  ];
  return [kinds.indexOf(kind), ...known.map((one) => one ?? absent)];
}

function ownOf(entry: Entry) {
  if (entry.kind === 'file') return [entry.size, entry.allocated, entry.linked, entry.inOrder && 1];
  return entry.kind === 'block' || entry.kind === 'character' ? [entry.major, entry.minor] : [];
}

function entryOf(path: RelativePath, words: readonly string[]): Entry {
  const [kind, mode, uid, gid, mtimeNs, print, changedNs, finelyNs, isBrief, first, second, linked, inOrder] =
    words;
  const common = {
    path,
    mode: numberOf(mode),
    owner: isKnown(uid) ? { uid: Number(uid), gid: Number(gid) } : undefined,
    mtimeNs: isKnown(mtimeNs) ? BigInt(mtimeNs) : undefined,
    print: isKnown(print) ? print : undefined,
    ...(isKnown(changedNs) && { changedNs: BigInt(changedNs) }),
    ...(isKnown(finelyNs) && { finelyNs: BigInt(finelyNs) }),
    ...(isKnown(isBrief) && { isBrief: true as const }),
  };
  const is = kinds[Number(kind)]!;
  if (is === 'file')
    return {
      kind: is,
      ...common,
      size: Number(first),
      allocated: numberOf(second),
      linked: isKnown(linked) ? linked : undefined,
      ...(isKnown(inOrder) && { inOrder: true as const }),
    };
  if (is === 'block' || is === 'character')
    return { kind: is, ...common, major: numberOf(first), minor: numberOf(second) };
  return { kind: is, ...common };
}

function isKnown(word: string | undefined): word is string {
  return word !== undefined && word !== absent;
}

function numberOf(word: string | undefined): number | undefined {
  return isKnown(word) ? Number(word) : undefined;
}
