/**
 * Headers of regular files that say no more than a name, a size, a time and what most files around have the same: made
 * once, and only what differs is written, where it goes. Byte for byte what `Headers` makes of them.
 */
import type { Stat } from '../../../work/posix/stat.ts';
import { prefixAt, prefixOf, slash } from './header.ts';
import { Headers } from './headers.ts';
import { blockBytes } from './member.ts';

const timed = 3 * blockBytes;
const plain = blockBytes;
const nothing = new Uint8Array(0);
const noAttributes: ReadonlyMap<string, string> = new Map();
/** Times of ten digits, so that each record of one is as long, and that a plain header tells. */
const time = { from: 1_000_000_000, to: 8 ** 11, ns: 1 } as const;
const secondsEnd = blockBytes + '30 mtime=1000000000'.length;
const nsEnd = secondsEnd + '.000000001'.length;
const zero = 0x30;
const mostSize = 8 ** 11; // as a plain header tells it
const sizeEnd = 135; // of a header
const timeEnd = 147;
const sumAt = 148;

export class PlainHeads {
  readonly #headers = new Headers();
  #bytes: Buffer = Buffer.alloc(timed);
  #sum = 0;
  #mode = -1;
  #uid = -1;
  #gid = -1;

  /** How many bytes they take; 0 where others have to be made. */
  bytesOf(path: Uint8Array, { size, mtimeSeconds, mtimeNs }: Stat): number {
    if (size >= mostSize || prefixOf(path) < 0) return 0;
    if (mtimeSeconds < time.from || mtimeSeconds >= time.to) return 0;
    return mtimeNs === 0 ? plain : timed;
  }

  /** Writes them at `at`; only what `bytesOf` answers for. */
  put(into: Buffer, at: number, path: Uint8Array, stat: Stat): void {
    const { mode, uid, gid, size, mtimeSeconds, mtimeNs } = stat;
    if (mode !== this.#mode || uid !== this.#uid || gid !== this.#gid) this.#make(stat);
    const isTimed = mtimeNs !== 0;
    into.set(isTimed ? this.#bytes : this.#bytes.subarray(timed - plain), at);
    if (isTimed) putDigits(into, at + secondsEnd - 1, mtimeSeconds, 10);
    if (isTimed) putDigits(into, at + nsEnd - 1, mtimeNs, 10);
    const head = isTimed ? at + timed - plain : at;
    let sum = this.#sum + putPath(into, head, path);
    sum += putDigits(into, head + sizeEnd - 1, size, 8);
    sum += putDigits(into, head + timeEnd - 1, mtimeSeconds, 8);
    into.fill(zero, head + sumAt, head + sumAt + 6);
    putDigits(into, head + sumAt + 5, sum, 8);
  }

  /** Of files with this mode and these owners, without a name and of size and time 0. */
  #make({ mode, uid, gid }: Stat): void {
    const fields = { flag: '0', path: nothing, target: nothing, size: 0, mode, uid, gid };
    const more = { major: 0, minor: 0, attributes: noAttributes };
    const heads = this.#headers.of({ ...fields, ...more, mtimeSeconds: time.from, mtimeNs: time.ns });
    this.#bytes.set(heads);
    this.#bytes.fill(zero, nsEnd - 9, nsEnd);
    const head = this.#bytes.subarray(timed - plain);
    head.fill(zero, timeEnd - 11, timeEnd);
    this.#sum = 8 * 0x20;
    for (let i = 0; i < plain; i++) this.#sum += i >= sumAt && i < sumAt + 8 ? 0 : head[i]!;
    this.#mode = mode;
    this.#uid = uid;
    this.#gid = gid;
  }
}

/** Writes a path over zeros; answers what it adds to the bytes there. */
function putPath(into: Buffer, head: number, path: Uint8Array): number {
  const prefix = prefixOf(path);
  if (prefix === 0) into.set(path, head);
  else {
    into.set(path.subarray(0, prefix), head + prefixAt);
    into.set(path.subarray(prefix + 1), head);
  }
  let added = prefix === 0 ? 0 : -slash;
  for (let i = 0; i < path.length; i++) added += path[i]!;
  return added;
}

/** Writes the digits of a number over zeros, the last at `end`; answers what they add to the bytes there. */
function putDigits(into: Buffer, end: number, value: number, base: number): number {
  let added = 0;
  let left = value;
  for (let at = end; left > 0; at--) {
    const rest = Math.floor(left / base);
    const digit = left - rest * base;
    into[at] = zero + digit;
    added += digit;
    left = rest;
  }
  return added;
}
