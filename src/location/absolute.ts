import { readlinkSync } from 'node:fs';

/** The directory that relative paths start from, as bytes; where nothing tells them, as Node decoded them. */
export function currentDirectory(): Uint8Array {
  try {
    return readlinkSync('/proc/self/cwd', { encoding: 'buffer' });
  } catch {
    return Buffer.from(process.cwd());
  }
}

/** The path from the root: `.` and doubled slashes go, `..` and a trailing slash stay, links are not followed. */
export function absolutePath(path: Uint8Array, base: Uint8Array): Uint8Array {
  const typed = Buffer.from(path).toString('latin1');
  const whole = typed.startsWith('/') ? typed : `${Buffer.from(base).toString('latin1')}/${typed}`;
  const names = whole.split('/').filter((name) => name !== '' && name !== '.');
  const slash = names.length > 0 && /\/\.?$/.test(typed) ? '/' : '';
  return Buffer.from(`/${names.join('/')}${slash}`, 'latin1');
}
