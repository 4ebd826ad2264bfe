import { getrandom } from './posix/libc.ts';
import { block } from './posix/memory.ts';

const most = 32; // the kernel gives so few at once
const memory = block(most);

/** So many bytes by chance, in hexadecimal, for names: at most 32. What Node has for it takes 5 ms to load. */
export function randomHex(bytes: number): string {
  getrandom(memory.at, bytes, 0);
  return memory.bytes.toString('hex', 0, bytes);
}
