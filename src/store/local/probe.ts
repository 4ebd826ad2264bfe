/** What the destination's file system can hold, found out by looking, before anything is copied. */
import { lstatSync, readdirSync, statfsSync } from 'node:fs';
import * as c from '../../work/posix/constants.ts';
import * as libc from '../../work/posix/libc.ts';
import { block, constant, Slot } from '../../work/posix/memory.ts';
import { Stat } from '../../work/posix/stat.ts';

export type Probed = { readonly timeStepNs: number; readonly foldsCase: boolean };

const dot = constant('.');
const namesLooked = 50;
const exfat = 0x2011bab0;
const msdos = 0x4d44;
const fuse = 0x65735546;

/** Looks at an existing directory without leaving a trace in it. */
export function probe(directory: Uint8Array): Probed {
  return { timeStepNs: timeStep(directory), foldsCase: foldsCase(Buffer.from(directory)) };
}

/** Sets a time with all digits on a file without a name and reads it back. */
function timeStep(directory: Uint8Array): number {
  const fd = openIn(directory, c.O_TMPFILE | c.O_WRONLY);
  if (fd < 0) return knownStep(directory);
  const times = block(32);
  new BigInt64Array(times.bytes.buffer, times.bytes.byteOffset, 4).set([
    1n,
    123456789n,
    1_000_000_001n,
    123456789n,
  ]);
  libc.futimens(fd, times.at);
  const stat = new Stat();
  stat.of(fd);
  libc.close(fd);
  if (stat.mtimeSeconds !== 1_000_000_001) return 2e9;
  return [1, 100, 1000, 1e6, 1e7, 1e9].find((step) => stat.mtimeNs === 123456789 - (123456789 % step)) ?? 1e9;
}

/** File systems that cannot make a file without a name. */
function knownStep(directory: Uint8Array): number {
  const { type } = statfsSync(Buffer.from(directory));
  if (type === msdos) return 2e9;
  if (type === exfat) return 1e7;
  return type === fuse ? 1e9 : 1;
}

function openIn(directory: Uint8Array, flags: number): number {
  const at = libc.openat(c.AT_FDCWD, new Slot().put(directory), c.O_RDONLY | c.O_DIRECTORY | c.O_CLOEXEC, 0);
  if (at < 0) return at;
  const fd = libc.openat(at, dot, flags | c.O_CLOEXEC, 0o600);
  libc.close(at);
  return fd;
}

/** Whether a name that is there is also there in the other case. */
function foldsCase(directory: Buffer): boolean {
  const names = readdirSync(directory, { encoding: 'buffer' }).slice(0, namesLooked);
  for (const name of names) {
    const text = name.toString('latin1');
    const swapped = swapCase(text);
    if (swapped === text) continue;
    return isSameFile(directory, name, Buffer.from(swapped, 'latin1'));
  }
  return isKnownToFold(directory);
}

function isKnownToFold(directory: Buffer): boolean {
  const { type } = statfsSync(directory);
  return type === exfat || type === msdos;
}

function isSameFile(directory: Buffer, a: Buffer, b: Buffer): boolean {
  const at = (name: Buffer) => Buffer.concat([directory, Buffer.from('/'), name]);
  const one = lstatSync(at(a), { bigint: true, throwIfNoEntry: false });
  const other = lstatSync(at(b), { bigint: true, throwIfNoEntry: false });
  return one !== undefined && other !== undefined && one.ino === other.ino && one.dev === other.dev;
}

function swapCase(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()));
}
