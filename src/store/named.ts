import { TransferError } from '../errors.ts';
import { show } from '../report/show.ts';
import { join } from '../work/posix/path.ts';
import { type RelativePath, relativePath } from './path.ts';

/** The path of a name that the conductor gave; throws 'refused' where it leads elsewhere. */
export function pathIn(dir: Uint8Array, name: Uint8Array): RelativePath {
  const path = relativePath(join(dir, name));
  if (path) return path;
  throw new TransferError('refused', `${show(join(dir, name))} is no path inside of a place`);
}

/** What an entry is called where it is, as a key. */
export function nameOf(path: Uint8Array): string {
  let from = path.length;
  while (from > 0 && path[from - 1] !== 0x2f) from--;
  return textOf(path, from, path.length);
}

/** Bytes as text, each of them a character: two views fewer for each of very many names. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  return latin1Slice.call(bytes, start, end);
}

const { latin1Slice } = Buffer.prototype as unknown as {
  readonly latin1Slice: (this: Uint8Array, from: number, to: number) => string;
};

/** The names of a bundle. */
export function* namesIn(packed: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < packed.length; ) {
    const end = packed.indexOf(0, at);
    yield packed.slice(at, end);
    at = end + 1;
  }
}
