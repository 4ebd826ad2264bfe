import { readFileSync } from 'node:fs';

/**
 * The words of the command line, one character per byte (latin1). Node has decoded its own copy as UTF-8, and
 * lost every name that is not; the system still has the bytes.
 */
export function readWords(): string[] {
  const decoded = process.argv.slice(2);
  const exact = lastWords(decoded.length);
  const same = exact.length === decoded.length && exact.every((word, i) => utf8(word) === decoded[i]);
  return same ? exact : decoded.map((word) => Buffer.from(word).toString('latin1'));
}

/** None where there is no /proc, as in a bare chroot. */
function lastWords(count: number): string[] {
  try {
    const words = readFileSync('/proc/self/cmdline', 'latin1').split('\0');
    return words.slice(words.length - 1 - count, -1);
  } catch {
    return [];
  }
}

function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString();
}
