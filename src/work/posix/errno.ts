/** Error numbers as people know them. */
import { getSystemErrorMap } from 'node:util';
import { EUNSIZED } from './constants.ts';

/** `EACCES` and `permission denied`, for 13 or -13. */
export function errnoName(errno: number): { readonly code: string; readonly text: string } {
  const [code, text] = getSystemErrorMap().get(-Math.abs(errno)) ??
    extra[Math.abs(errno)] ?? [`E${Math.abs(errno)}`, 'unknown error'];
  return { code, text };
}

/** Why the system said no, in words: `permission denied`. */
export function reasonOf(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException;
  return errno === undefined ? message : errnoName(errno).text;
}

const extra: Record<number, readonly [string, string]> = {
  61: ['ENODATA', 'no such attribute'],
  117: ['EUCLEAN', 'the file system is damaged'],
  122: ['EDQUOT', 'disk quota exceeded'],
  [EUNSIZED]: ['EUNSIZED', 'it does not say how much it holds, as files in /proc and the like'],
};
