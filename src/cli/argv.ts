import { readFileSync } from 'node:fs';

/**
 * The words of the command line, one character per byte (latin1). Node has decoded its own copy as UTF-8, and
 * lost every name that is not; the system still has the bytes.
 */
export function readWords(): string[] {
  const decoded = process.argv.slice(2);
  const exact = readFileSync('/proc/self/cmdline', 'latin1').split('\0').slice(0, -1).slice(-decoded.length);
  const same = exact.length === decoded.length && exact.every((word, i) => utf8(word) === decoded[i]);
  if (decoded.length > 0 && same) return exact;
  return decoded.map((word) => Buffer.from(word).toString('latin1'));
}

function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString();
}
