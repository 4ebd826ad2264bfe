/**
 * Takes a tar stream apart as its chunks come, and shows a receiver what is in it. The stream is hostile until
 * proven otherwise: headers are bounded, every number is checked, and a stream that ends early never looks whole.
 * Nothing is held but the headers of one member.
 */
import { TransferError } from '../../../errors.ts';
import { corrupt } from './corrupt.ts';
import { blockBytes, type Member, paddingOf, typeFlags } from './member.ts';
import { type Pax, readPax } from './pax.ts';
import { type Header, readHeader, readStart, type Start } from './read-header.ts';

/** Takes files whose header says all there is to say of them, without anything made of it. */
export interface Plain {
  /** Whether it takes the file of this header, whose bytes follow; otherwise the receiver is shown it. */
  begin(header: Buffer, size: number): boolean;
  /** Some of them, good until the call returns. */
  data(chunk: Buffer, start: number, end: number): void;
  end(): void;
}

export interface Receiver {
  /** absent: it wants to be shown every member */
  readonly plain?: Plain;
  /** The next member; its bytes follow, as many as it says, in pieces that are good until the call returns. */
  begin(member: Member): void;
  data(bytes: Uint8Array): void;
  end(): void;
}

const mostExtraBytes = 1024 * 1024;
const mostExtras = 8; // headers before that of one member
const mostZeroBlocks = 2048; // at a stretch: what squeezed to nothing ends nowhere
const longestName = 64 * 1024;
const noPax = (): Pax => ({ attributes: new Map() });

type Reading =
  | { readonly what: 'headers' }
  | { readonly what: 'extra'; readonly flag: string; readonly bytes: Buffer; got: number }
  | { readonly what: 'data' | 'plain'; left: number }
  | { readonly what: 'padding'; left: number };

const headers: Reading = { what: 'headers' };

export class Parser {
  readonly #to: Receiver;
  readonly #kinds: ReadonlyMap<string, Member['kind']>;
  readonly #block = Buffer.alloc(blockBytes);
  #held = 0;
  #reading: Reading = headers;
  #padding = 0;
  #pax: Pax = noPax();
  #extras = 0;
  #zeroBlocks = 0;
  /** bytes of members so far */
  dataBytes = 0;

  constructor(to: Receiver) {
    this.#to = to;
    this.#kinds = new Map(Object.entries(typeFlags).map(([kind, flag]) => [flag, kind as Member['kind']]));
  }

  /** Takes the next bytes; throws 'corrupt' for what no tar writes, and whatever the receiver throws. */
  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) at = this.#step(chunk, at);
  }

  /** The stream ended; throws 'transient' where it was cut off. Several streams one after the other are one. */
  finish(): void {
    if (this.#reading === headers && this.#held === 0 && this.#extras === 0 && this.#zeroBlocks > 0) return;
    throw new TransferError('transient', 'cannot unpack what the other side sent: it ended early');
  }

  #step(chunk: Buffer, at: number): number {
    const reading = this.#reading;
    switch (reading.what) {
      case 'headers':
        return this.#hold(chunk, at);
      case 'extra':
        return this.#readExtra(reading, chunk, at);
      case 'data':
      case 'plain':
        return this.#readData(reading, chunk, at);
      case 'padding':
        return this.#skip(reading, chunk, at);
    }
  }

  /** A block that came in pieces is put together; one that did not is read where it is. */
  #hold(chunk: Buffer, at: number): number {
    if (this.#held === 0 && chunk.length - at >= blockBytes) {
      this.#header(chunk.subarray(at, at + blockBytes));
      return at + blockBytes;
    }
    const took = chunk.copy(this.#block, this.#held, at, at + blockBytes - this.#held);
    this.#held += took;
    if (this.#held < blockBytes) return at + took;
    this.#held = 0;
    this.#header(this.#block);
    return at + took;
  }

  #header(block: Buffer): void {
    if (isZero(block)) {
      if (this.#extras > 0) throw corrupt('a member has no header of its own');
      if (++this.#zeroBlocks > mostZeroBlocks) throw corrupt('it ends, and goes on without end');
      return;
    }
    this.#zeroBlocks = 0;
    const start = readStart(block);
    const kind = this.#kinds.get(start.flag === '\0' || start.flag === '7' ? '0' : start.flag);
    if (!kind) return this.#extra(start);
    if (kind === 'file' && this.#extras === 0 && this.#to.plain?.begin(block, start.size))
      return this.#follows('plain', start.size);
    this.#member(kind, readHeader(start, block));
  }

  #extra({ flag, size }: Start): void {
    if (!'xLK'.includes(flag)) throw corrupt('it has a member of a kind that nobody asked for');
    if (size > mostExtraBytes) throw corrupt('a header is larger than any should be');
    if (++this.#extras > mostExtras) throw corrupt('a member has more headers than any should have');
    this.#padding = paddingOf(size);
    this.#reading = { what: 'extra', flag, bytes: Buffer.alloc(size), got: 0 };
    if (size === 0) this.#tookExtra(flag, Buffer.alloc(0));
  }

  #readExtra(reading: Reading & { what: 'extra' }, chunk: Buffer, at: number): number {
    const took = chunk.copy(reading.bytes, reading.got, at);
    reading.got += took;
    if (reading.got === reading.bytes.length) this.#tookExtra(reading.flag, reading.bytes);
    return at + took;
  }

  #tookExtra(flag: string, bytes: Buffer): void {
    if (flag === 'x') readPax(bytes, this.#pax);
    else if (flag === 'L') this.#pax.path ??= name(bytes);
    else this.#pax.target ??= name(bytes);
    this.#pad();
  }

  #member(kind: Member['kind'], header: Header): void {
    const pax = this.#pax;
    this.#pax = noPax();
    this.#extras = 0;
    const member = memberOf(kind, header, pax);
    const follows = member.size;
    if (member.kind !== 'file' && follows > 0) throw corrupt('what is no file has bytes');
    this.#to.begin(member);
    this.#follows('data', follows);
  }

  #follows(what: 'data' | 'plain', bytes: number): void {
    this.#padding = paddingOf(bytes);
    this.#reading = { what, left: bytes };
    if (bytes === 0) this.#ended(what);
  }

  #readData(reading: Reading & { what: 'data' | 'plain' }, chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + reading.left);
    if (reading.what === 'plain') this.#to.plain!.data(chunk, at, end);
    else this.#to.data(chunk.subarray(at, end));
    reading.left -= end - at;
    this.dataBytes += end - at;
    if (reading.left === 0) this.#ended(reading.what);
    return end;
  }

  #ended(what: 'data' | 'plain'): void {
    if (what === 'plain') this.#to.plain!.end();
    else this.#to.end();
    this.#pad();
  }

  #pad(): void {
    this.#reading = this.#padding > 0 ? { what: 'padding', left: this.#padding } : headers;
  }

  #skip(reading: Reading & { what: 'padding' }, chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + reading.left);
    reading.left -= end - at;
    if (reading.left === 0) this.#reading = headers;
    return end;
  }
}

function memberOf(kind: Member['kind'], header: Header, pax: Pax): Member {
  if (pax.isSparse) throw corrupt('a file came in pieces, which nobody asked for');
  const { mode, mtimeSeconds, major, minor } = header;
  const path = pax.path ?? header.path;
  const isFile = kind === 'file' && path[path.length - 1] !== slash;
  return {
    kind: kind === 'file' && !isFile ? 'directory' : kind,
    path,
    size: kind === 'link' ? 0 : (pax.size ?? header.size),
    mode,
    uid: pax.uid ?? header.uid,
    gid: pax.gid ?? header.gid,
    mtimeSeconds: pax.mtime?.seconds ?? mtimeSeconds,
    mtimeNs: pax.mtime?.ns ?? 0,
    target: pax.target ?? header.target,
    major,
    minor,
    attributes: pax.attributes,
  };
}

const slash = 0x2f;

function name(bytes: Buffer): Uint8Array {
  const nul = bytes.indexOf(0);
  const end = nul < 0 ? bytes.length : nul;
  if (end > longestName) throw corrupt('a name is longer than any should be');
  return new Uint8Array(bytes.subarray(0, end));
}

function isZero(block: Buffer): boolean {
  return block[0] === 0 && block.every((byte) => byte === 0);
}
