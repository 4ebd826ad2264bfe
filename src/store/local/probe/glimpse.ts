/** A short look at what is to be moved, before anything else is known: whether several connections will be wanted. */
import { lstatSync, opendirSync, type Stats, statSync } from 'node:fs';

const muchBytes = 32 * 1024 * 1024;
const muchEntries = 2000;
const littleBytes = muchBytes / 2;
const mostNames = 100;
const slash = Buffer.from('/');

export type Glimpse = {
  readonly isMuch: boolean;
  /** of the files that were seen: there may be more */
  readonly bytes: number;
};

/**
 * Whether there is much at this path. Looks at so many entries at most, takes what it does not get to see for much, and
 * what it may not see for nothing: who moves it will say so. The path itself may be a symlink, which is followed.
 */
export function glimpse(path: Uint8Array): Glimpse {
  const waiting: Uint8Array[] = [path];
  let bytes = 0;
  for (let seen = 0; waiting.length > 0; seen++) {
    if (seen >= muchEntries) return { isMuch: true, bytes };
    const one = waiting.pop()!;
    const stats = lookAt(one, seen === 0 ? statSync : lstatSync);
    if (stats?.isFile()) bytes += stats.size;
    if (bytes >= muchBytes) return { isMuch: true, bytes };
    if (stats?.isDirectory()) waiting.push(...namesIn(one, muchEntries));
  }
  return { isMuch: false, bytes };
}

/** Whether one stream takes all of it away sooner than others begin, on a long way. */
export function isLittle(path: Uint8Array): boolean {
  const { isMuch, bytes } = glimpse(path);
  return !isMuch && bytes < littleBytes;
}

/** Whether it is a directory, and no symlink to one. */
export function isTree(path: Uint8Array): boolean {
  return lookAt(path)?.isDirectory() ?? false;
}

/** Whether there is a directory in it, among the first names that it has. */
export function isDeep(path: Uint8Array): boolean {
  return namesIn(path, mostNames).some(isTree);
}

function lookAt(path: Uint8Array, look: (path: Buffer) => Stats = lstatSync) {
  try {
    return look(Buffer.from(path));
  } catch {
    return undefined;
  }
}

function namesIn(dir: Uint8Array, most: number): Uint8Array[] {
  const names: Uint8Array[] = [];
  try {
    using open = opendirSync(Buffer.from(dir), { encoding: 'buffer' as BufferEncoding });
    for (let entry = open.readSync(); entry && names.length < most; entry = open.readSync())
      names.push(Buffer.concat([dir, slash, entry.name as unknown as Buffer]));
  } catch {
    return names; // it may not be listed
  }
  return names;
}
