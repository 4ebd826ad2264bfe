/** What find prints of entries, as its chunks come. */
import * as c from '../../../work/posix/constants.ts';
import type { Entry } from '../../entry.ts';
import type { RelativePath } from '../../path.ts';
import { entryOf } from '../entry.ts';
import type { Attributes } from '../protocol/attributes.ts';
import { FoundPairs } from './found-pairs.ts';

export type Found = {
  readonly depth: number;
  readonly isDirectory: boolean;
  /** which directory it was found in, as that was given */
  readonly start: string;
  readonly name: Uint8Array;
  /** the same for all names of a file that has several */
  readonly linked: string | undefined;
  /** As SFTP tells it, and with its other names and the fraction of its time. */
  readonly entryAt: (path: RelativePath) => Entry | undefined;
};

/** As in S_IFMT, by find's letters. */
export const findTypes: Readonly<Record<string, number>> = {
  f: c.S_IFREG,
  d: c.S_IFDIR,
  l: c.S_IFLNK,
  p: c.S_IFIFO,
  s: c.S_IFSOCK,
  b: c.S_IFBLK,
  c: c.S_IFCHR,
};
const fields = /^(\d+) (\w) (\d+) (\d+) (-?\d+)(?:\.(\d+))? (\d+) (\d+) (\d+) (\d+:\d+) (-?\d+)\S* (.*)$/s;

export class FoundParser {
  readonly #pairs = new FoundPairs();

  /** What is whole by now; what is none of find's is passed over. Throws 'corrupt' for what does not end. */
  push(chunk: Buffer): readonly Found[] {
    const all: Found[] = [];
    this.#pairs.push(chunk, (words, name) => {
      const found = foundOf(words, name);
      if (found) all.push(found);
    });
    return all;
  }
}

function foundOf(head: string, name: Uint8Array): Found | undefined {
  const match = fields.exec(head);
  if (!match) return undefined;
  const [, depth, letter, mode, size, seconds, fraction, uid, gid, links, file, changed, start] = match;
  const type = findTypes[letter!];
  if (type === undefined) return undefined;
  const linked = type === c.S_IFREG && Number(links) > 1 ? file : undefined;
  const attributes = (): Attributes => {
    const mtime = secondsOf(Number(seconds));
    return {
      size: Number(size),
      mode: type | Number.parseInt(mode!, 8),
      owner: { uid: Number(uid), gid: Number(gid) },
      times: { atime: mtime, mtime },
    };
  };
  return {
    depth: Number(depth),
    isDirectory: type === c.S_IFDIR,
    start: start!,
    name: new Uint8Array(name),
    linked,
    entryAt: (path) =>
      withMore(entryOf(path, attributes()), { linked, seconds: seconds!, fraction, changed: changed! }),
  };
}

type More = {
  readonly linked: string | undefined;
  readonly seconds: string;
  readonly fraction: string | undefined;
  readonly changed: string;
};

function withMore(
  entry: Entry | undefined,
  { linked, seconds, fraction = '0', changed }: More,
): Entry | undefined {
  if (entry?.mtimeNs === undefined) return entry;
  const finelyNs = BigInt(seconds) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
  const more = { finelyNs, changedSeconds: Number(changed) };
  return entry.kind === 'file' && linked !== undefined
    ? { ...entry, ...more, linked }
    : { ...entry, ...more };
}

/** SFTP has 32 bits for them. Of a time before 1970 find prints the second before and how far after it. */
export function secondsOf(seconds: number): number {
  return seconds >>> 0;
}
