/** One large file while it is copied: which of its ranges are done, which are under way, what comes next. */
import type { Job } from '../jobs.ts';
import type { BigFile } from './big-file.ts';

type Range = { readonly offset: number; readonly length: number };

/** One whose ranges are as long as they will be. */
type Ranged = BigFile & { readonly rangeBytes: number };

export class BigWork {
  readonly id: number;
  file: BigFile;
  /** one bit for each range that arrived */
  ranges: Uint8Array;
  /** once something is wrong no further range is started */
  isBroken = false;
  /** why it has to be looked at again: the source is not what it was, or what was begun is not there any more */
  again: 'changed' | 'gone' | undefined;
  readonly #rangeBytes: number;
  readonly #mostAtOnce: number;
  #next = 0;
  #underWay = 0;

  /** Ranges in a row go as one of up to `mostBytes`, as long as there are many for each that is under way. */
  constructor(id: number, file: Ranged, ranges?: Uint8Array, mostBytes = 0) {
    this.id = id;
    this.#mostAtOnce = Math.max(1, Math.floor(mostBytes / file.rangeBytes));
    this.file = file;
    this.#rangeBytes = file.rangeBytes;
    const bytes = Math.ceil(this.count / 8);
    this.ranges = ranges?.length === bytes ? Uint8Array.from(ranges) : new Uint8Array(bytes);
  }

  get count(): number {
    return Math.ceil(this.file.bytes / this.#rangeBytes);
  }

  /** Whether the file is large enough for ranges at all. */
  get isRanged(): boolean {
    return this.count > 1;
  }

  /** Opens it, or copies it in one go. */
  firstJob(): Job {
    if (this.isRanged) return { kind: 'begin', id: this.id, file: this.file };
    const bundle = {
      dir: this.file.dir,
      names: this.file.name,
      what: 'entries',
      fresh: undefined,
      slice: 0,
    } as const;
    return { kind: 'walk', id: this.id, bundle, inline: true, alone: false, descend: false };
  }

  nextRange(): Job | undefined {
    while (!this.isBroken && this.#next < this.count) {
      const index = this.#next++;
      if (this.#has(index)) continue;
      const most = index + this.#atOnce();
      while (this.#next < most && !this.#has(this.#next)) this.#next++;
      this.#underWay++;
      const offset = index * this.#rangeBytes;
      const length = Math.min(this.#next * this.#rangeBytes, this.file.bytes) - offset;
      const goesOn = this.count - this.#next >= this.#underWay;
      return { kind: 'range', id: this.id, file: this.file, offset, length, goesOn };
    }
    return undefined;
  }

  /** Fewer towards the end, so that all who copy some come to theirs together. */
  #atOnce(): number {
    const fair = Math.floor((this.count - this.#next) / (2 * (this.#underWay + 1)));
    return Math.max(1, Math.min(this.#mostAtOnce, fair));
  }

  rangeEnded({ offset, length }: Range, arrived: boolean): void {
    this.#underWay--;
    const first = offset / this.#rangeBytes;
    const end = Math.ceil((offset + length) / this.#rangeBytes);
    for (let index = first; arrived && index < end; index++) this.ranges[index >> 3]! |= 1 << (index & 7);
    if (!arrived) this.isBroken = true;
  }

  get isIdle(): boolean {
    return this.#underWay === 0;
  }

  get isComplete(): boolean {
    for (let index = 0; index < this.count; index++) if (!this.#has(index)) return false;
    return true;
  }

  /** How much of it arrived. */
  get bytesThere(): number {
    let bytes = 0;
    for (let offset = 0, index = 0; index < this.count; index++, offset += this.#rangeBytes)
      if (this.#has(index)) bytes += Math.min(this.#rangeBytes, this.file.bytes - offset);
    return bytes;
  }

  #has(index: number): boolean {
    return (this.ranges[index >> 3]! & (1 << (index & 7))) !== 0;
  }
}
