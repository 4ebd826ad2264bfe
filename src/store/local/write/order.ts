/**
 * A small file that another thread is to write, in memory that both share: what it is to be, and then what it became.
 * The memory is used again, so that neither side makes anything for a file but views.
 */
import { copyShared } from '../../../work/copy-shared.ts';
import type { Stat } from '../../../work/posix/stat.ts';
import type { Metadata, Unkept } from '../../entry.ts';
import type { RelativePath } from '../../path.ts';

const mostBytes = 64 * 1024;
const namesAt = 512;
const bytesAt = 8 * 1024;
const statAt = 64;
const statWords = 64;

/** How much memory one takes. */
export const orderBytes = bytesAt + mostBytes;

/** Which word, or wide word, of the memory is what. */
const at = { path: 0, partial: 1, bytes: 2, mode: 3, uid: 4, gid: 5, has: 6, unkept: 7 } as const;
const mtimeAt = 4;
const [hasOwner, hasTime] = [1, 2];
const fields = ['owner', 'mode', 'mtimeNs'] as const satisfies (keyof Metadata)[];

type Given = {
  readonly path: RelativePath;
  readonly partial: Uint8Array;
  readonly bytes: Uint8Array;
  /** with a mode */
  readonly metadata: Metadata;
};

export class Order {
  readonly #words: Int32Array;
  readonly #wide: BigInt64Array;
  readonly #memory: Buffer;
  readonly #stat: Int32Array;

  constructor(memory: SharedArrayBuffer, number: number) {
    const start = number * orderBytes;
    this.#words = new Int32Array(memory, start, namesAt / 4);
    this.#wide = new BigInt64Array(memory, start, namesAt / 8);
    this.#memory = Buffer.from(memory, start, orderBytes);
    this.#stat = new Int32Array(memory, start + statAt, statWords);
  }

  put({ path, partial, bytes, metadata: { mode, owner, mtimeNs } }: Given): void {
    const words = this.#words;
    words[at.path] = path.length;
    words[at.partial] = partial.length;
    words[at.bytes] = bytes.length;
    words[at.mode] = mode!;
    words[at.uid] = owner?.uid ?? 0;
    words[at.gid] = owner?.gid ?? 0;
    words[at.has] = (owner ? hasOwner : 0) | (mtimeNs === undefined ? 0 : hasTime);
    this.#wide[mtimeAt] = mtimeNs ?? 0n;
    this.#memory.set(path, namesAt);
    this.#memory.set(partial, namesAt + path.length);
    copyShared(bytes, this.#memory, bytesAt);
  }

  get(): Given {
    const words = this.#words;
    const partialAt = namesAt + words[at.path]!;
    const has = words[at.has]!;
    return {
      path: this.#memory.subarray(namesAt, partialAt) as Uint8Array as RelativePath,
      partial: this.#memory.subarray(partialAt, partialAt + words[at.partial]!),
      bytes: this.#memory.subarray(bytesAt, bytesAt + words[at.bytes]!),
      metadata: {
        mode: words[at.mode]!,
        owner: has & hasOwner ? { uid: words[at.uid]! >>> 0, gid: words[at.gid]! >>> 0 } : undefined,
        mtimeNs: has & hasTime ? this.#wide[mtimeAt]! : undefined,
      },
    };
  }

  became(stat: Stat, unkept: Unkept): void {
    this.#stat.set(stat.words);
    this.#words[at.unkept] = fields.reduce((bits, field, bit) => bits | (+unkept.includes(field) << bit), 0);
  }

  /** What could not be kept; `stat` is as the file looks then. */
  made(stat: Stat): Unkept {
    stat.words.set(this.#stat);
    const bits = this.#words[at.unkept]!;
    return bits === 0 ? [] : fields.filter((_, bit) => (bits >> bit) & 1);
  }
}

/** Whether a file with this path and these bytes goes into one. */
export function isSmall(path: Uint8Array, partial: Uint8Array, bytes: number): boolean {
  return bytes <= mostBytes && path.length + partial.length <= bytesAt - namesAt;
}
