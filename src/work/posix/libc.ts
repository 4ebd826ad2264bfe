/**
 * The C library, for what Node's fs cannot do: work relative to an open directory, names as bytes, nanosecond
 * times, extended attributes, holes, clones, barriers.
 *
 * Every call is synchronous, takes addresses of memory the caller holds (see memory.ts) and answers as the
 * kernel does: a result, or a negative error number. Nothing here throws for a failed call.
 */
import { loadKoffi } from '../native.ts';

const koffi = loadKoffi();
const library = koffi.load('libc.so.6');

type Numbers = (...args: number[]) => number;

const types = { i: 'int', u: 'uint32_t', l: 'int64_t', p: 'uintptr_t' } as const;

/**
 * Declares a function whose result is negative on failure: `shape` holds a letter for each argument. How many there
 * are is written out: a rest parameter costs as much as the call.
 */
function call(name: string, shape: string, result = 'int64_t'): Numbers {
  const parameters = [...shape].map((letter) => types[letter as keyof typeof types]);
  const raw = library.func(name, result, parameters) as Numbers;
  const answered = (answer: number) => (answer < 0 ? -koffi.errno() : answer);
  if (shape.length === 2) return (a, b) => answered(raw(a!, b!));
  if (shape.length === 3) return (a, b, c) => answered(raw(a!, b!, c!));
  if (shape.length === 4) return (a, b, c, d) => answered(raw(a!, b!, c!, d!));
  return (...args) => answered(raw(...args));
}

// So are the hot ones.
const rawStatx = library.func('statx', 'int', [
  'int',
  'uintptr_t',
  'int',
  'uint32_t',
  'uintptr_t',
]) as Numbers;
const rawOpenat = library.func('openat', 'int', ['int', 'uintptr_t', 'int', 'uint32_t']) as Numbers;
const rawClose = library.func('close', 'int', ['int']) as Numbers;
const rawRead = library.func('read', 'int64_t', ['int', 'uintptr_t', 'int64_t']) as Numbers;
const rawWrite = library.func('write', 'int64_t', ['int', 'uintptr_t', 'int64_t']) as Numbers;
const rawFutimens = library.func('futimens', 'int', ['int', 'uintptr_t']) as Numbers;
const rawFlistxattr = library.func('flistxattr', 'int64_t', ['int', 'uintptr_t', 'int64_t']) as Numbers;
const rawLinkat = library.func('linkat', 'int', ['int', 'uintptr_t', 'int', 'uintptr_t', 'int']) as Numbers;

export function statx(fd: number, path: number, flags: number, mask: number, into: number): number {
  return rawStatx(fd, path, flags, mask, into) < 0 ? -koffi.errno() : 0;
}

export function openat(fd: number, path: number, flags: number, mode: number): number {
  const answer = rawOpenat(fd, path, flags, mode);
  return answer < 0 ? -koffi.errno() : answer;
}

export function close(fd: number): number {
  return rawClose(fd) < 0 ? -koffi.errno() : 0;
}

export function read(fd: number, into: number, bytes: number): number {
  const answer = rawRead(fd, into, bytes);
  return answer < 0 ? -koffi.errno() : answer;
}

export function write(fd: number, from: number, bytes: number): number {
  const answer = rawWrite(fd, from, bytes);
  return answer < 0 ? -koffi.errno() : answer;
}

export function futimens(fd: number, times: number): number {
  return rawFutimens(fd, times) < 0 ? -koffi.errno() : 0;
}

export function flistxattr(fd: number, into: number, bytes: number): number {
  const answer = rawFlistxattr(fd, into, bytes);
  return answer < 0 ? -koffi.errno() : answer;
}

export function linkat(fromFd: number, from: number, toFd: number, to: number, flags: number): number {
  return rawLinkat(fromFd, from, toFd, to, flags) < 0 ? -koffi.errno() : 0;
}

// Calls that the C library may be too old to name.
const syscall = library.func('syscall', 'int64_t', Array(6).fill('int64_t')) as Numbers;
const numbers = { openat2: 437, listxattrat: 465 } as const;

export function openat2(fd: number, path: number, how: number, howBytes: number): number {
  const answer = syscall(numbers.openat2, fd, path, how, howBytes, 0);
  return answer < 0 ? -koffi.errno() : answer;
}

export function listxattrat(fd: number, path: number, flags: number, into: number, bytes: number): number {
  const answer = syscall(numbers.listxattrat, fd, path, flags, into, bytes);
  return answer < 0 ? -koffi.errno() : answer;
}

export const pread = call('pread64', 'ipll');
export const pwrite = call('pwrite64', 'ipll');
export const getdents = call('getdents64', 'ipl');
export const faccessat = call('faccessat', 'ipii', 'int');
export const lseek = call('lseek64', 'ili');
export const ftruncate = call('ftruncate64', 'il', 'int');
export const fallocate = call('fallocate64', 'iill', 'int');
export const fchown = call('fchown', 'iuu', 'int');
export const fchownat = call('fchownat', 'ipuui', 'int');
export const fchmod = call('fchmod', 'iu', 'int');
export const fchmodat = call('fchmodat', 'ipui', 'int');
export const utimensat = call('utimensat', 'ippi', 'int');
export const renameat = call('renameat', 'ipip', 'int');
export const renameat2 = call('renameat2', 'ipipu', 'int');
export const unlinkat = call('unlinkat', 'ipi', 'int');
export const getsockopt = call('getsockopt', 'iiipp', 'int');
export const mkdirat = call('mkdirat', 'ipu', 'int');
export const mknodat = call('mknodat', 'ipul', 'int');
export const symlinkat = call('symlinkat', 'pip', 'int');
export const readlinkat = call('readlinkat', 'ippl');
export const copyFileRange = call('copy_file_range', 'ipiplu');
export const ioctl = call('ioctl', 'ill', 'int');
export const fgetxattr = call('fgetxattr', 'ippl');
export const fsetxattr = call('fsetxattr', 'ippli', 'int');
export const fremovexattr = call('fremovexattr', 'ip', 'int');
export const llistxattr = call('llistxattr', 'ppl');
export const lgetxattr = call('lgetxattr', 'pppl');
export const lsetxattr = call('lsetxattr', 'pppli', 'int');
export const lremovexattr = call('lremovexattr', 'pp', 'int');
export const fstatfs = call('fstatfs64', 'ip', 'int');
export const unshare = call('unshare', 'i', 'int');
export const memfdCreate = call('memfd_create', 'pu', 'int');
export const getrandom = call('getrandom', 'plu');
export const posixFadvise = call('posix_fadvise64', 'illi', 'int');

const rawSyncfs = library.func('syncfs', 'int', ['int']);

/** Writes a file system's dirty data and names to its disk, without blocking this thread; rejects with the errno. */
export function syncfs(fd: number): Promise<number> {
  return new Promise((resolve) => {
    // The errno of a call made on another thread is not seen here: a failed barrier is EIO to us.
    rawSyncfs.async(fd, (error: Error | null, answer: number) => resolve(error || answer < 0 ? -5 : 0));
  });
}
