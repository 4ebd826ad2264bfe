/** Tar streams put together byte by byte, as nobody but an attacker would. */
import { writeHeader } from '../../../src/engine/tar/stream/header.ts';

type Fields = {
  readonly path: string;
  readonly flag?: string;
  readonly size?: number;
  readonly target?: string;
  readonly content?: string | Buffer;
  readonly mode?: number;
};

/** A header and, where it says so, its content up to the next block. */
export function member({ path, flag = '0', target = '', content = '', mode = 0o644, size }: Fields): Buffer {
  const header = Buffer.alloc(512);
  const bytes = Buffer.from(content);
  writeHeader(header, 0, {
    flag,
    path: Buffer.from(path, 'latin1'),
    target: Buffer.from(target, 'latin1'),
    size: size ?? bytes.length,
    mode,
    uid: process.geteuid!(),
    gid: process.getegid!(),
    mtimeSeconds: 1_000_000_000,
    major: 1,
    minor: 3,
  });
  return Buffer.concat([header, bytes, Buffer.alloc(-bytes.length & 511)]);
}

/** A pax header that says this of the next member. */
export function pax(records: Readonly<Record<string, string>>): Buffer {
  return member({ path: 'pax', flag: 'x', content: Object.entries(records).map(record).join('') });
}

function record([key, value]: [string, string]): string {
  const bare = Buffer.byteLength(` ${key}=${value}\n`);
  let length = bare + 1;
  while (bare + String(length).length !== length) length = bare + String(length).length;
  return `${length} ${key}=${value}\n`;
}

/** A long name as GNU writes it. */
export function long(flag: 'L' | 'K', name: string): Buffer {
  return member({ path: '././@LongLink', flag, content: `${name}\0` });
}

export const end = Buffer.alloc(1024);

/** The same header with a checksum that fits what was done to it. */
export function resigned(header: Buffer): Buffer {
  header.fill(0x20, 148, 156);
  const sum = header.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}
