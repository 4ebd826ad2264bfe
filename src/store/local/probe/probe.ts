/** What the destination's file system can hold, found out by trying, before anything is copied. */

import { statfsSync } from 'node:fs';
import * as c from '../../../work/posix/constants.ts';
import { Dirents, keepName } from '../../../work/posix/dirents.ts';
import * as libc from '../../../work/posix/libc.ts';
import { block, constant, Slot } from '../../../work/posix/memory.ts';
import { openDirectory } from '../../../work/posix/open-directory.ts';
import { Stat } from '../../../work/posix/stat.ts';
import { timesOf } from '../metadata/dress.ts';

export type Probed = {
  /** the smallest step of its times */
  readonly timeStepNs: number;
  /** the ends of its times, in s since 1970 */
  readonly earliest: number;
  readonly latest: number;
  readonly foldsCase: boolean;
  /** modes are what they were set to */
  readonly holdsModes: boolean;
  /** what we make is ours, and not somebody else's that the server maps us to */
  readonly ownsMade: boolean;
};

/** What most can hold; nothing was tried. */
export const usual: Probed = {
  timeStepNs: 1,
  earliest: Number.NEGATIVE_INFINITY,
  latest: Number.POSITIVE_INFINITY,
  foldsCase: false,
  holdsModes: true,
  ownsMade: true,
};

const dot = constant('.');
const slot = new Slot();
const flags = c.O_CREAT | c.O_EXCL | c.O_WRONLY | c.O_NOFOLLOW | c.O_CLOEXEC;
const namesLooked = 50;

// What is known of file systems that cannot make a file without a name, where none may be made to try.
const msdos = 0x4d44;
const exfat = 0x2011bab0;
const fuse = 0x65735546;
const steps: Readonly<Record<number, number>> = { [msdos]: 2e9, [exfat]: 1e7, [fuse]: 2e9 };

/**
 * Looks at an existing directory. Leaves no trace in it but, where a file cannot be made without a name, its ctime:
 * then one is made under `trial` and taken away, or nothing is tried where `trial` is undefined.
 */
export function probe(directory: Uint8Array, trial: Buffer | undefined): Probed {
  const at = openDirectory(directory);
  if (at < 0) return usual;
  try {
    const folds = foldsCase(at);
    const unnamed = libc.openat(at, dot, c.O_TMPFILE | c.O_WRONLY | c.O_CLOEXEC, 0o600);
    if (unnamed >= 0) return { foldsCase: folds ?? hasFoldFlag(at), ...measured(unnamed) };
    const tried = trial && tryNamed(at, trial);
    return tried ?? guessed(directory, folds);
  } finally {
    libc.close(at);
  }
}

/** Gives a file of ours, which it closes, a time with all digits and an odd mode, and reads them back. */
function measured(fd: number): Omit<Probed, 'foldsCase'> {
  const earliest = timeAfter(fd, farBefore).mtimeSeconds;
  const latest = timeAfter(fd, farAhead).mtimeSeconds;
  libc.fchmod(fd, 0o751);
  const stat = timeAfter(fd, 1_000_000_001n);
  libc.close(fd);
  return {
    timeStepNs: stepOf(stat),
    earliest: earliest > Number(farBefore) && earliest < in1981 ? earliest : usual.earliest,
    latest: latest < Number(farAhead) && latest > in2037 ? latest : usual.latest,
    holdsModes: stat.mode === 0o751,
    ownsMade: stat.uid === process.geteuid!(),
  };
}

const farBefore = -(1n << 40n);
const farAhead = 1n << 40n;
const in1981 = 350_000_000; // no file system's times begin later, or end before 2038
const in2037 = 2_120_000_000;
const asked = block(32);
const askedWords = new BigInt64Array(asked.bytes.buffer, asked.bytes.byteOffset, 4);

function timeAfter(fd: number, seconds: bigint): Stat {
  askedWords.set([1n, 123456789n, seconds, 123456789n]);
  libc.futimens(fd, asked.at);
  const stat = new Stat();
  stat.of(fd);
  return stat;
}

function stepOf({ mtimeSeconds, mtimeNs }: Stat): number {
  if (mtimeSeconds !== 1_000_000_001) return 2e9;
  return [1, 100, 1000, 1e6, 1e7, 1e9].find((step) => mtimeNs === 123456789 - (123456789 % step)) ?? 1e9;
}

/** Undefined where we may not. */
function tryNamed(at: number, trial: Buffer): Probed | undefined {
  const before = new Stat();
  before.of(at);
  const fd = libc.openat(at, slot.put(trial), flags, 0o600);
  if (fd < 0) return undefined;
  const found = measured(fd);
  const foldsCase = other.at(at, slot.put(swapCase(trial))) === 0; // nobody but us has such a name
  libc.unlinkat(at, slot.put(trial), 0);
  libc.futimens(at, timesOf(before));
  return { ...found, foldsCase };
}

function guessed(directory: Uint8Array, folds: boolean | undefined): Probed {
  const { type } = statfsSync(Buffer.from(directory));
  const isFat = type === exfat || type === msdos;
  const foldsCase = folds ?? isFat;
  return { ...usual, timeStepNs: steps[type] ?? 1, foldsCase, holdsModes: !isFat, ownsMade: false };
}

/** Whether a name that is there is also there in the other case; undefined where no name can tell. */
function foldsCase(at: number): boolean | undefined {
  for (const name of someNames(at)) {
    const swapped = swapCase(name);
    if (!swapped.equals(name)) return isSameFile(at, name, swapped) || isSeenBySwapping(at, swapped);
  }
  return undefined;
}

function someNames(at: number): Buffer[] {
  const names: Buffer[] = [];
  const dirents = new Dirents();
  if (dirents.fill(at) > 0)
    while (names.length < namesLooked && dirents.next()) names.push(Buffer.from(keepName(dirents.name)));
  return names;
}

const inodeFlags = block(8);
const FS_CASEFOLD = 0x40000000;

/** Some file systems fold directory by directory; what is made below one inherits it. */
function hasFoldFlag(at: number): boolean {
  if (libc.ioctl(at, c.FS_IOC_GETFLAGS, inodeFlags.at) < 0) return false;
  return (inodeFlags.bytes.readUInt32LE(0) & FS_CASEFOLD) !== 0;
}

const one = new Stat();
const other = new Stat();

/** Some number a file anew for each way to write its name: then it is there, but not listed so. */
function isSeenBySwapping(at: number, swapped: Buffer): boolean {
  if (other.at(at, slot.put(swapped)) < 0) return false;
  const dirents = new Dirents();
  libc.lseek(at, 0, c.SEEK_SET);
  while (dirents.fill(at) > 0) {
    while (dirents.next()) if (swapped.equals(keepName(dirents.name))) return false;
  }
  return true;
}

function isSameFile(at: number, a: Buffer, b: Buffer): boolean {
  if (one.at(at, slot.put(a)) < 0 || other.at(at, slot.put(b)) < 0) return false;
  return one.sameFile(other);
}

function swapCase(name: Buffer): Buffer {
  const swap = (byte: number) => (/[a-z]/i.test(String.fromCharCode(byte)) ? byte ^ 0x20 : byte);
  return Buffer.from(name.map(swap));
}
