/** Attributes of an entry as SFTP version 3 has them; what a server does not tell is undefined. */
import { type Raw, raw } from './encode.ts';
import type { Reader } from './reader.ts';

export type Attributes = {
  readonly size: number | undefined;
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  /** with the type of the entry */
  readonly mode: number | undefined;
  /** seconds since 1970 */
  readonly times: { readonly atime: number; readonly mtime: number } | undefined;
};

const SIZE = 1;
const OWNER = 2;
const MODE = 4;
const TIMES = 8;
const EXTENDED = 0x80000000;

export function readAttributes(reader: Reader): Attributes {
  const flags = reader.number();
  const size = flags & SIZE ? reader.size() : undefined;
  const owner = flags & OWNER ? { uid: reader.number(), gid: reader.number() } : undefined;
  const mode = flags & MODE ? reader.number() : undefined;
  const times = flags & TIMES ? { atime: reader.number(), mtime: reader.number() } : undefined;
  if (flags & EXTENDED) passExtended(reader);
  return { size, owner, mode, times };
}

/** As a server has to set them; what is left out stays. */
export function encodeAttributes({ size, owner, mode, times }: Partial<Attributes>): Raw {
  const flags =
    (size === undefined ? 0 : SIZE) |
    (owner ? OWNER : 0) |
    (mode === undefined ? 0 : MODE) |
    (times ? TIMES : 0);
  return raw(
    flags,
    ...(size === undefined ? [] : [BigInt(size)]),
    ...(owner ? [owner.uid, owner.gid] : []),
    ...(mode === undefined ? [] : [mode]),
    ...(times ? [times.atime, times.mtime] : []),
  );
}

function passExtended(reader: Reader): void {
  const count = reader.number();
  for (let i = 0; i < count; i++) {
    reader.bytes();
    reader.bytes();
  }
}
