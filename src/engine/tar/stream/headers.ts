/**
 * All headers of a member: what a plain one has no room for goes before it. Long names that no slash divides travel as GNU's own
 * members, which every tar reads, whatever bytes they are; times with nanoseconds and attributes as pax records.
 */
import { type HeaderFields, nameRoom, prefixOf, writeHeader } from './header.ts';
import { blockBytes, paddingOf } from './member.ts';
import { attributeRecords, timeRecord } from './records.ts';

export type MemberFields = HeaderFields & {
  readonly mtimeNs: number;
  readonly attributes: ReadonlyMap<string, string>;
};

const extra: Omit<HeaderFields, 'flag' | 'path' | 'size'> = {
  target: new Uint8Array(0),
  mode: 0o600,
  uid: 0,
  gid: 0,
  mtimeSeconds: 0,
  major: 0,
  minor: 0,
};
const directoryMode = 0o700;
const mostKnown = 1024;
const mostOfBusybox = 4095;
const longName = Buffer.from('././@LongLink');
const paxName = Buffer.from('././@PaxHeader');

export class Headers {
  #bytes = Buffer.alloc(16 * 1024);
  #used = 0;
  readonly #known = new Map<string, Buffer>();

  /** The headers of a member; good until the next call. */
  of(fields: MemberFields): Uint8Array {
    this.#used = 0;
    if (prefixOf(fields.path) < 0) this.#long('L', fields.path);
    if (fields.target.length > nameRoom) this.#long('K', fields.target);
    this.#pax(fields);
    this.#plain(fields);
    return this.#bytes.subarray(0, this.#used);
  }

  /** The headers of a file for its owner alone; good until the next call. */
  private(path: Uint8Array, size: number): Uint8Array {
    this.#used = 0;
    if (prefixOf(path) < 0) this.#long('L', path);
    this.#plain({ ...extra, flag: '0', path, size });
    return this.#bytes.subarray(0, this.#used);
  }

  /** The headers of a directory for its owner alone; good until the next call. */
  privateDirectory(path: Uint8Array): Uint8Array {
    this.#used = 0;
    const isLong = prefixOf(path) < 0;
    if (isLong) this.#long('L', path);
    if (isLong) this.#extra('5', longName, 0);
    else this.#plain({ ...extra, flag: '5', path, size: 0, mode: directoryMode });
    return this.#bytes.subarray(0, this.#used);
  }

  /** With a NUL at the end, as everybody writes it, but where busybox takes no more: padding has one then. */
  #long(flag: string, name: Uint8Array): void {
    const size = name.length === mostOfBusybox ? name.length : name.length + 1;
    this.#extra(flag, longName, size);
    this.#room(name.length + 1 + blockBytes);
    this.#bytes.set(name, this.#used);
    this.#pad(name.length, 1);
  }

  #pax({ mtimeSeconds, mtimeNs, attributes }: MemberFields): void {
    let records = mtimeNs === 0 ? '' : timeRecord(mtimeSeconds, mtimeNs);
    if (attributes.size > 0) records += attributeRecords(attributes);
    if (records === '') return;
    this.#extra('x', paxName, records.length);
    this.#room(records.length + blockBytes);
    this.#bytes.write(records, this.#used, 'latin1');
    this.#pad(records.length, 0);
  }

  /** The header of what goes before: made once for each size, because most have the same few. */
  #extra(flag: string, path: Uint8Array, size: number): void {
    const known = size < mostKnown ? this.#known.get(flag + size) : undefined;
    if (known) this.#room(blockBytes);
    if (known) this.#bytes.set(known, this.#used);
    if (known) this.#used += blockBytes;
    else this.#newExtra(flag, path, size);
  }

  #newExtra(flag: string, path: Uint8Array, size: number): void {
    const mode = flag === '5' ? directoryMode : extra.mode;
    this.#plain({ ...extra, flag, path, size, mode });
    if (size >= mostKnown) return;
    this.#known.set(flag + size, Buffer.from(this.#bytes.subarray(this.#used - blockBytes, this.#used)));
  }

  #plain(fields: HeaderFields): void {
    this.#room(blockBytes);
    writeHeader(this.#bytes, this.#used, fields);
    this.#used += blockBytes;
  }

  /** Zeros after so many bytes: at least `least` of them, and up to the next block. */
  #pad(bytes: number, least: number): void {
    const end = this.#used + bytes;
    const next = end + least + paddingOf(bytes + least);
    this.#bytes.fill(0, end, next);
    this.#used = next;
  }

  #room(bytes: number): void {
    if (this.#used + bytes <= this.#bytes.length) return;
    const larger = Buffer.alloc((this.#used + bytes) * 2);
    larger.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = larger;
  }
}
