// Runs a program that the kernel answers as one would that does not know some system calls: `without-calls.ts
// NUMBER,NUMBER COMMAND WORD…`.
import koffi from 'koffi';

const [numbers, command, ...words] = process.argv.slice(2);
const [NO_NEW_PRIVS, SECCOMP, FILTER] = [38, 22, 2];
const F_SETFD = 2;
const [LOAD_NUMBER, IF_EQUAL, ANSWER] = [0x20, 0x15, 0x06];
const [ALLOW, ENOSYS] = [0x7fff0000, 0x00050000 + 38];

const library = koffi.load('libc.so.6');
const prctl = library.func('int prctl(int, unsigned long, void *, unsigned long, unsigned long)');
const execvp = library.func('int execvp(const char *, const char **)');
const fcntl = library.func('int fcntl(int, int, int)');

const calls = numbers!.split(',').map(Number);
const filter = [
  step(LOAD_NUMBER, 0, 0),
  ...calls.map((call, at) => step(IF_EQUAL, call, calls.length - at)),
  step(ANSWER, ALLOW, 0),
  step(ANSWER, ENOSYS, 0),
];
const code = Buffer.concat(filter);
const given = Buffer.alloc(16);
given.writeUInt16LE(filter.length);
given.writeBigUInt64LE(BigInt(koffi.address(code)), 8);

if (prctl(NO_NEW_PRIVS, 1, null, 0, 0) < 0 || prctl(SECCOMP, FILTER, given, 0, 0) < 0)
  throw new Error('the kernel takes no filter of calls');
for (const fd of [0, 1, 2]) fcntl(fd, F_SETFD, 0); // Node has them closed
execvp(command!, [command!, ...words, null]);
throw new Error(`cannot run ${command}`);

/** One step of the filter; where it compares, how many are skipped if it is so. */
function step(what: number, value: number, skipped: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(what);
  bytes.writeUInt8(skipped, 2);
  bytes.writeUInt32LE(value, 4);
  return bytes;
}
