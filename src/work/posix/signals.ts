import { constants } from 'node:os';
import { loadKoffi } from '../native.ts';
import { block } from './memory.ts';

const setBytes = 128;
const unblocks = 1;

/** Lets a signal come to this thread. Node, told to leave SIGUSR1 to others, blocks it, listened for or not. */
export function unblock(signal: NodeJS.Signals): void {
  const set = block(setBytes);
  const bit = constants.signals[signal] - 1;
  set.bytes[bit >> 3] = 1 << (bit & 7);
  const mask = loadKoffi()
    .load('libc.so.6')
    .func('pthread_sigmask', 'int', ['int', 'uintptr_t', 'uintptr_t']);
  mask(unblocks, set.at, 0);
}
