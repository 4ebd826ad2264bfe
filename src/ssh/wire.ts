/** The fields of SSH's messages: numbers and strings of bytes. Reading beyond the end throws RangeError. */
export class Fields {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get isMore(): boolean {
    return this.#at < this.#bytes.length;
  }

  byte(): number {
    return this.#take(1)[0]!;
  }

  number(): number {
    return this.#take(4).readUInt32BE();
  }

  long(): bigint {
    return this.#take(8).readBigUInt64BE();
  }

  string(): Buffer {
    return this.#take(this.number());
  }

  text(): string {
    return this.string().toString('latin1');
  }

  /** Throws where anything follows. */
  end(): void {
    if (this.isMore) throw new RangeError('a message is longer than its fields');
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError('a message is shorter than its fields');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

/** Its length, and then the bytes. */
export function field(bytes: Uint8Array | string): Buffer {
  const held = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
  return Buffer.concat([number(held.length), held]);
}

export function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
